package jetstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// swallowing stands between a client and a server, and lets the first messages to a subject
// disappear.
func swallowing(t *testing.T, server net.Addr, subject string, first int32) (address string, swallowed *atomic.Int32) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	swallowed = new(atomic.Int32)
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server.String())
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				defer near.Close()
				_, _ = io.Copy(near, far)
			}()
			go func() {
				defer far.Close()
				for in := bufio.NewReader(near); ; {
					message, to, err := nextMessage(in)
					if err != nil {
						return
					}
					if to == subject && swallowed.Load() < first {
						swallowed.Add(1)
						continue
					}
					if _, err := far.Write(message); err != nil {
						return
					}
				}
			}()
		}
	}()
	return ln.Addr().String(), swallowed
}

// nextMessage returns what a client says next, and the subject that it publishes to.
func nextMessage(in *bufio.Reader) (message []byte, subject string, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, "", err
	}
	words := strings.Fields(line)
	if len(words) < 3 || words[0] != "PUB" && words[0] != "HPUB" {
		return []byte(line), "", nil
	}
	size, err := strconv.Atoi(words[len(words)-1])
	if err != nil {
		return nil, "", err
	}
	message = append([]byte(line), make([]byte, size+len("\r\n"))...)
	_, err = io.ReadFull(in, message[len(line):])
	return message, words[1], err
}

// A first pull may go unanswered. That costs a heartbeat, and no other consumer.
func TestFirstPullIsNotAnswered(t *testing.T) {
	t.Parallel()
	s := serve(t)
	js := admin(t, s)
	made, err := js.Conn().SubscribeSync("$JS.API.CONSUMER.CREATE.KV_sd-test.f-south")
	if err != nil {
		t.Fatal(err)
	}
	if err := js.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	d := publishes(t, connected(t, s, "north", authority), sessions(5, "1"))
	eventually(t, "live", func() bool { return d.Status().State == "live" })
	cfg := configOf(s, "south")
	address, swallowed := swallowing(t, s.Addr(), "$JS.API.CONSUMER.MSG.NEXT.KV_sd-test.f-south", 1)
	cfg.URLs = []string{"nats://" + address}
	e := dialed(t, cfg, follower)
	eventually(t, "connected", e.conn.IsConnected)
	f, shown := follows(t, e)
	awaits(t, f, d)
	if n, _, err := made.Pending(); err != nil || n != 1 || swallowed.Load() != 1 {
		t.Errorf("of %d pulls there was no answer, and the consumer was made %d times: %v", swallowed.Load(), n, err)
	}
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"1": 5}) {
		t.Errorf("the follower shows %v and is %+v", got, f.Status())
	}
}

// A question that came to a server while it ended is never answered: nobody waits for that
// as long as a large stream may take.
func TestConsumerIsNotMade(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(5, "1"))
	eventually(t, "live", func() bool { return d.Status().State == "live" })
	for _, subject := range []string{"CONSUMER.CREATE", "CONSUMER.DELETE"} {
		t.Run(subject, func(t *testing.T) {
			t.Parallel()
			cfg := configOf(s, strings.ReplaceAll(subject, ".", "-"))
			address, swallowed := swallowing(t, s.Addr(), "$JS.API."+subject+".KV_sd-test.f-"+cfg.Node, 1)
			cfg.URLs = []string{"nats://" + address}
			e := dialed(t, cfg, follower)
			eventually(t, "connected", e.conn.IsConnected)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, err := e.Read(ctx, 0, false)
			if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || swallowed.Load() != 1 {
				t.Fatalf("without an answer: %v, %v", err, ctx.Err())
			}
			r, err := e.Read(t.Context(), 0, false)
			if err != nil {
				t.Fatalf("then, none is made: %v", err)
			}
			defer r.Close()
			if m, err := r.Next(t.Context()); err != nil || m.Sequence == 0 {
				t.Errorf("the first message is %+v, %v", m, err)
			}
		})
	}
}

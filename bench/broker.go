//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// broker is a nats-server of its own, which keeps what it has in a folder.
type broker struct {
	cmd              *exec.Cmd
	address, monitor string
	store            string
}

// startBroker builds the server that the module names, unless an earlier row did, and
// starts one that has nothing yet.
func (l *lab) startBroker(ctx context.Context) (*broker, error) {
	program := filepath.Join(l.temp, "nats-server")
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		if _, err := output(ctx, "go", "build", "-o", program, "github.com/nats-io/nats-server/v2"); err != nil {
			return nil, fmt.Errorf("cannot build nats-server: %w", err)
		}
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	monitor, err := freeAddress()
	if err != nil {
		return nil, err
	}
	b := &broker{address: address, monitor: monitor, store: filepath.Join(l.temp, "store")}
	_, port, _ := strings.Cut(b.address, ":")
	_, monitorPort, _ := strings.Cut(b.monitor, ":")
	b.cmd = command(ctx, program, "-js", "-a", "127.0.0.1", "-p", port, "-m", monitorPort, "-sd", b.store)
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start nats-server: %w", err)
	}
	for range 100 {
		if c, err := dialNATS(b.address); err == nil {
			c.close()
			return b, nil
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			break
		}
	}
	b.end()
	return nil, fmt.Errorf("cannot reach nats-server: %w", errAnswer)
}

// freeAddress returns a TCP address that nobody listens on.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot find a port: %w", err)
	}
	return ln.Addr().String(), ln.Close()
}

func (b *broker) url() string { return "nats://" + b.address }

func (b *broker) pid() int { return b.cmd.Process.Pid }

// end ends the server and removes what it kept.
func (b *broker) end() {
	_ = b.cmd.Process.Kill() // it may have ended
	_ = b.cmd.Wait()         // it was killed
	_ = os.RemoveAll(b.store)
}

// kept returns how many bytes of its disk the server uses.
func (b *broker) kept() (float64, error) {
	var bytes float64
	err := filepath.WalkDir(b.store, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += float64(info.Size())
		}
		return err
	})
	return bytes, err
}

// sent returns how many bytes the server has sent to its clients so far.
func (b *broker) sent(ctx context.Context) (float64, error) {
	var says struct {
		OutBytes float64 `json:"out_bytes"`
	}
	err := b.ask(ctx, "/varz", &says)
	return says.OutBytes, err
}

// written returns how many messages were ever written to its stream.
func (b *broker) written(ctx context.Context) (float64, error) {
	var says struct {
		Accounts []struct {
			Streams []struct {
				State struct {
					LastSequence float64 `json:"last_seq"`
				} `json:"state"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	if err := b.ask(ctx, "/jsz?streams=true", &says); err != nil {
		return 0, err
	}
	if len(says.Accounts) != 1 || len(says.Accounts[0].Streams) != 1 {
		return 0, fmt.Errorf("%w: nats-server says that it has no stream", errAnswer)
	}
	return says.Accounts[0].Streams[0].State.LastSequence, nil
}

// ask reads what the server says of itself.
func (b *broker) ask(ctx context.Context, path string, says any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.monitor+path, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("cannot ask nats-server: %w", err)
	}
	defer answer.Body.Close()
	if err := json.UnmarshalRead(answer.Body, says); err != nil {
		return fmt.Errorf("cannot read what nats-server says: %w", err)
	}
	return nil
}

// natsConn is a connection to a nats-server in the text of its protocol, as cheap as can be.
type natsConn struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialNATS(address string) (*natsConn, error) {
	conn, err := net.Dial("tcp", address) //nolint:forbidigo // it is no socket of ours
	if err != nil {
		return nil, fmt.Errorf("cannot connect to nats-server: %w", err)
	}
	c := &natsConn{conn: conn, in: bufio.NewReader(conn)}
	if _, err := c.line(); err != nil { // what the server says of itself
		c.close()
		return nil, err
	}
	if err := c.send("CONNECT {\"verbose\":false}\r\n"); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *natsConn) close() { _ = c.conn.Close() }

func (c *natsConn) send(text string) error {
	_, err := c.conn.Write([]byte(text))
	return err
}

func (c *natsConn) line() (string, error) {
	line, err := c.in.ReadString('\n')
	return strings.TrimSpace(line), err
}

// subscribe has what is published on a subject sent here.
func (c *natsConn) subscribe(subject string) error {
	if err := c.send("SUB " + subject + " 1\r\nPING\r\n"); err != nil {
		return err
	}
	for {
		switch line, err := c.line(); {
		case err != nil:
			return err
		case line == "PONG":
			return nil
		case strings.HasPrefix(line, "-ERR"):
			return fmt.Errorf("nats-server refuses a subscription: %s", line)
		}
	}
}

func (c *natsConn) publish(subject, payload string) error {
	return c.send(fmt.Sprintf("PUB %s %d\r\n%s\r\n", subject, len(payload), payload))
}

// next waits for a message.
func (c *natsConn) next() error {
	for {
		line, err := c.line()
		switch {
		case err != nil:
			return err
		case line == "PING":
			if err := c.send("PONG\r\n"); err != nil {
				return err
			}
		case strings.HasPrefix(line, "MSG "):
			words := strings.Fields(line)
			length, err := strconv.Atoi(words[len(words)-1])
			if err != nil {
				return fmt.Errorf("cannot read %q: %w", line, err)
			}
			_, err = c.in.Discard(length + len("\r\n"))
			return err
		}
	}
}

// roundTrips returns how long a message of a session's size takes to another client of the
// server and back, some times, in milliseconds.
func (b *broker) roundTrips(n int) ([]float64, error) {
	here, err := dialNATS(b.address)
	if err != nil {
		return nil, err
	}
	defer here.close()
	there, err := dialNATS(b.address)
	if err != nil {
		return nil, err
	}
	defer there.close()
	if err := errors.Join(here.subscribe("bench.back"), there.subscribe("bench.to")); err != nil {
		return nil, err
	}
	payload := strings.Repeat("x", fileSize)
	failed := make(chan error, 1)
	go func() {
		for range n {
			if err := errors.Join(there.next(), there.publish("bench.back", payload)); err != nil {
				there.close()
				here.close()
				failed <- err
				return
			}
		}
		failed <- nil
	}()
	var took []float64
	for range n {
		began := time.Now()
		if err := errors.Join(here.publish("bench.to", payload), here.next()); err != nil {
			return nil, err
		}
		took = append(took, milliseconds(time.Since(began)))
	}
	return took, <-failed
}

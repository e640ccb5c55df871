package control_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

func TestTheEndAnswersRunningRequests(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Grace, cfg.Limits.Body = time.Hour, time.Hour })
	arrived, release := w.hold()
	running := w.beginToRefresh(arrived)
	f := w.follow(nil)
	idle, half := w.dial(), w.dial()
	write(t, half, "POST /v1/open HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\n\r\nhalf")
	w.get("/healthz") // by now the server has accepted those that came before

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.stop()
	}()
	// The stream and the clients without a request do not wait for the one that
	// runs.
	var told *client.ProblemError
	if err := f.end(); !errors.As(err, &told) || told.Status != http.StatusServiceUnavailable {
		t.Errorf("the stream ended with %v", err)
	}
	for _, conn := range []net.Conn{idle, half} {
		if _, err := io.Copy(io.Discard, conn); err != nil && !isReset(err) { // half a body is answered
			t.Errorf("reading from a client without a request = %v, want its end", err)
		}
	}
	if _, err := sockettest.Dial(w.socket, time.Second); err == nil {
		t.Error("a new client may still connect")
	}
	select {
	case <-ended:
		t.Fatal("the server did not wait for a running request")
	default:
	}
	close(release)
	readAnswer(t, running).mustBe(t, "application/json")
	<-ended
}

// Whoever was let in before the end, and whose request is on its way, gets an answer.
func TestTheEndTurnsNobodyAway(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Grace, cfg.Limits.EvictAfter = time.Hour, time.Hour })
	late, half := w.dial(), w.dial()
	const first, rest = "GET /healthz HT", "TP/1.1\r\nHost: sessiond\r\n\r\n"
	write(t, half, first)
	w.get("/healthz") // by now the server has accepted those that came before
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.stop()
	}()
	eventually(t, "nobody is let in any more", func() bool {
		conn, err := sockettest.Dial(w.socket, time.Second)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	write(t, half, rest)
	write(t, late, first+rest)
	for _, conn := range []net.Conn{half, late} {
		if got := readAnswer(t, conn); got.status != http.StatusOK {
			t.Errorf("the answer is %d: %s", got.status, got.body)
		}
	}
	<-ended
}

func TestTheEndWaitsForNobodyForLong(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Grace = 10 * time.Millisecond })
	arrived, finished := make(chan struct{}, 1), false
	w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
		arrived <- struct{}{}
		<-ctx.Done()
		<-time.After(10 * time.Millisecond) // it has something to tidy up
		finished = true
		return session.Report{}, ctx.Err()
	}
	all := sessions("a.b", tooMuch) // which takes longer than a client waits, on a busy machine
	running := w.beginToRefresh(arrived)
	slow := w.beginToFollow()
	w.pass(all...)
	w.stop()
	if !finished {
		t.Error("the server ended before a request that it had begun")
	}
	if got := readAnswer(t, running); got.status != 0 {
		t.Errorf("the request that never ends got the answer %s", got.body)
	}
	if _, err := io.Copy(io.Discard, slow); err != nil && !isReset(err) {
		t.Errorf("the slow follower was not cut off: %v", err)
	}
}

// brokenListener fails to accept.
type brokenListener struct{ net.Listener }

var errBroken = errors.New("broken")

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken }

func TestListenerThatFails(t *testing.T) {
	ln, _ := sockettest.Listen(t)
	s := control.New(control.Config{Refresher: &daemon{}, Store: store.New(start()), Log: zap.NewNop(), Administrator: &administrator{}})
	if err := s.Serve(t.Context(), brokenListener{ln}); !errors.Is(err, errBroken) {
		t.Errorf("Serve = %v, want %v", err, errBroken)
	}
}

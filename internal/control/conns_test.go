package control_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sessiond/internal/control"
	"sessiond/internal/session"
)

// few is a cap on connections that a test can reach.
func few(cfg *control.Config) { cfg.MaxConns = 4 }

// impatient lets a client that hangs keep others waiting for a moment only.
func impatient(cfg *control.Config) { cfg.Limits.EvictAfter = 10 * time.Millisecond }

func TestHangingClientsLockNobodyOut(t *testing.T) {
	for name, text := range map[string]string{
		"silent":      "",
		"half a word": "GE",
		"half header": "POST /v1/refresh HTTP/1.1\r\nHost: sessi",
		"half body":   "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\n\r\nhalf",
		"expecting":   "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n",
		"idle":        "GET /healthz HTTP/1.1\r\nHost: sessiond\r\n\r\n",
		"not reading": "GET /v1/sessions?limit=1000 HTTP/1.1\r\nHost: sessiond\r\n\r\n",
		"garbage":     strings.Repeat("\x00\xff garbage ", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			// The deadlines do not help here: nobody may have to wait for them.
			w := newWorld(t, few, func(cfg *control.Config) {
				cfg.Limits.Header, cfg.Limits.Body, cfg.Limits.Idle, cfg.Limits.Write = time.Hour, time.Hour, time.Hour, time.Hour
			}, impatient)
			long := sessionsOf("a.b", 1000, strings.Repeat("x", 1000))
			w.pass(long...)
			for range 3 {
				for range 10 {
					conn := w.dial()
					_, _ = io.WriteString(conn, text) // it may be dropped at once
				}
				w.get("/v1/status").mustBe(t, "application/json")
			}
		})
	}
}

// hold makes refreshes wait until release is closed, and tells of each on
// arrived.
func (w *world) hold() (arrived, release chan struct{}) {
	arrived, release = make(chan struct{}, 100), make(chan struct{})
	w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
		arrived <- struct{}{}
		select {
		case <-release:
			return session.Report{Pass: 1}, nil
		case <-ctx.Done():
			return session.Report{}, ctx.Err()
		}
	}
	return arrived, release
}

// beginToRefresh asks for a refresh and returns once the daemon knows of it.
func (w *world) beginToRefresh(arrived chan struct{}) net.Conn {
	w.t.Helper()
	conn := w.dial()
	write(w.t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	select {
	case <-arrived:
	case <-time.After(patience):
		w.t.Fatal("the request did not arrive")
	}
	return conn
}

func TestRequestsInHandAreNotDropped(t *testing.T) {
	w := newWorld(t, few, impatient)
	arrived, release := w.hold()
	working := w.beginToRefresh(arrived)
	for range 20 {
		w.dial()
	}
	w.get("/healthz").mustBe(t, "application/json")
	close(release)
	readAnswer(t, working).mustBe(t, "application/json")
}

func TestNewClientsWaitWhileAllAreBusy(t *testing.T) {
	w := newWorld(t, few)
	arrived, release := w.hold()
	var busy []net.Conn
	for range 4 {
		busy = append(busy, w.beginToRefresh(arrived))
	}
	waiting := w.dial()
	write(t, waiting, "GET /healthz HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	if err := waiting.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if got := readAnswer(t, waiting); got.status != 0 {
		t.Fatalf("answered beyond the cap: %s", got.body)
	}
	close(release)
	if err := waiting.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for _, conn := range append(busy, waiting) {
		readAnswer(t, conn).mustBe(t, "application/json")
	}
}

// TestStorm asks more than there is room for, of a real socket: whoever sends what
// is to be sent and reads what comes gets an answer.
func TestStorm(t *testing.T) {
	w := newWorld(t, few, func(cfg *control.Config) { cfg.Limits.EvictAfter = patience })
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	var clients sync.WaitGroup
	for range 200 {
		clients.Go(func() {
			if _, err := w.client.Refresh(t.Context()); err != nil { // on a connection that is kept
				t.Error(err)
			}
		})
		conn := w.dial()
		clients.Go(func() {
			if _, err := io.WriteString(conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n"); err != nil {
				t.Errorf("cannot ask: %v", err)
			}
			if got := readAnswer(t, conn); got.status != http.StatusOK {
				t.Errorf("the status is %d, want an answer", got.status)
			}
		})
	}
	clients.Wait()
}

func TestDeadlines(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		adjust func(*control.Limits)
	}{
		"silent":      {"", func(l *control.Limits) { l.Header = time.Millisecond }},
		"half header": {"GET /healthz HT", func(l *control.Limits) { l.Header = time.Millisecond }},
		"idle":        {"GET /healthz HTTP/1.1\r\nHost: sessiond\r\n\r\n", func(l *control.Limits) { l.Idle = time.Millisecond }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(cfg *control.Config) { test.adjust(&cfg.Limits) })
			conn := w.dial()
			if _, err := io.WriteString(conn, test.text); err != nil && !isReset(err) { // it may be closed by now
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil && !isReset(err) {
				t.Errorf("the connection was not closed: %v", err)
			}
		})
	}
}

func TestAnswerThatIsNotRead(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Write = time.Millisecond })
	long := sessionsOf("a.b", 1000, strings.Repeat("x", 1000))
	w.pass(long...)
	conn := w.dial()
	write(t, conn, "GET /v1/sessions?limit=1000 HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	// What comes is what the buffers took before the time was over.
	eventually(t, "the connection is closed", func() bool {
		_, err := fmt.Fprint(conn, "x")
		return isReset(err)
	})
}

func TestClientThatGoesAway(t *testing.T) {
	w := newWorld(t)
	arrived := make(chan struct{})
	gone := make(chan struct{})
	w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
		arrived <- struct{}{}
		<-ctx.Done()
		close(gone)
		return session.Report{}, ctx.Err()
	}
	conn := w.dial()
	write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	<-arrived
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	<-gone
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	w.post("/v1/refresh").mustBe(t, "application/json")
}

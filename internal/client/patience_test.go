package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
)

// silentServer takes requests and never answers to the end: it says what it is given,
// and nothing more. It returns the path of its socket.
func silentServer(t *testing.T, says string) string {
	t.Helper()
	ln, path := sockettest.Listen(t)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { answerInPart(conn, says) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		all.Wait() // the clients have gone
	})
	return path
}

// answerInPart takes a request, says something, and waits until the client goes.
func answerInPart(conn net.Conn, says string) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if _, err := http.ReadRequest(in); err != nil {
		return
	}
	if says != "" { // a pipe of Windows tells the other side of a write of nothing
		_, _ = io.WriteString(conn, says)
	}
	_, _ = io.Copy(io.Discard, in)
}

// requests are all that a client can ask, except for events.
func requests(ctx context.Context, c *Client) map[string]func() error {
	return map[string]func() error{
		"Refresh":  func() error { _, err := c.Refresh(ctx); return err },
		"OpenAll":  func() error { _, err := c.OpenAll(ctx); return err },
		"Open":     func() error { _, err := c.Open(ctx, session.Key{App: "a.b", ID: "c"}); return err },
		"Status":   func() error { _, err := c.Status(ctx); return err },
		"Apps":     func() error { _, err := c.Apps(ctx); return err },
		"Sessions": func() error { _, err := c.Sessions(ctx, Query{}); return err },
		"Session":  func() error { _, err := c.Session(ctx, session.Key{App: "a.b", ID: "c"}); return err },
	}
}

// TestSilence asks a daemon that takes requests and does not answer, or not to the
// end: everything that is asked fails in the end, in words that tell what to look at.
func TestSilence(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
	for name, says := range map[string]string{
		"nothing":       "",
		"half a header": head[:20],
		"a header":      head,
		"half a body":   head + `{"pid":`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(silentServer(t, says))
			defer c.Close()
			c.patience = patience{answer: 20 * time.Millisecond, pass: 30 * time.Millisecond}
			for what, ask := range requests(t.Context(), c) {
				mustTellOfSilence(t, what, ask(), c.patience)
			}
		})
	}
}

// mustTellOfSilence insists on an error that names the socket and how long the
// daemon did not answer.
func mustTellOfSilence(t *testing.T, what string, err error, p patience) {
	t.Helper()
	if !errors.Is(err, ErrUnreachable) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s = %v, want ErrUnreachable", what, err)
		return
	}
	waited := p.answer
	if what == "Refresh" || what == "OpenAll" || what == "Open" {
		waited = p.pass
	}
	want := fmt.Sprintf("has not answered for %v;", waited)
	if !strings.HasPrefix(err.Error(), "cannot reach the daemon at ") || !strings.Contains(err.Error(), want) {
		t.Errorf("%s = %v, want to be told that it %q", what, err, want)
	}
}

// TestSilenceBeforeEvents follows a daemon that does not even begin to tell.
func TestSilenceBeforeEvents(t *testing.T) {
	c := New(silentServer(t, ""))
	defer c.Close()
	c.patience = patience{answer: 20 * time.Millisecond, pass: time.Hour}
	err := c.Events(t.Context(), nil, func(session.Event) error { return nil })
	mustTellOfSilence(t, "Events", err, c.patience)
}

// TestQuietEvents follows a daemon that has begun to tell, and for which there is
// nothing to tell for longer than answers may take.
func TestQuietEvents(t *testing.T) {
	t.Parallel()
	c := New(silentServer(t, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n"+`{"revision":1}`+"\n"))
	defer c.Close()
	c.patience = patience{answer: time.Second, pass: time.Hour}
	ctx, cancel := context.WithTimeout(t.Context(), 2*c.patience.answer)
	defer cancel()
	told := 0
	err := c.Events(ctx, nil, func(session.Event) error { told++; return nil })
	if !errors.Is(err, context.DeadlineExceeded) || told != 1 {
		t.Errorf("Events = %v after %d events, want the context's end after one", err, told)
	}
}

// TestContextBeforePatience asks with a context that ends first: that is no silence
// of the daemon's.
func TestContextBeforePatience(t *testing.T) {
	c := New(silentServer(t, ""))
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for what, ask := range requests(ctx, c) {
		if err := ask(); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnreachable) {
			t.Errorf("%s = %v, want %v", what, err, context.DeadlineExceeded)
		}
	}
}

// Whoever waits for a pass must not be the first to lose patience.
func TestUsualPatience(t *testing.T) {
	p := usualPatience()
	const firstLoad = 30 * time.Second // for which the daemon lets requests wait
	if p.answer <= firstLoad || p.pass <= p.answer {
		t.Errorf("the usual patience is %+v", p)
	}
}

// A request of somebody else's is waited for no longer than one of the client's own, and
// its answer may go on for as long as it is read.
func TestSilenceBeforeRoundTrip(t *testing.T) {
	for method, waited := range map[string]time.Duration{http.MethodGet: 20 * time.Millisecond, http.MethodPost: 30 * time.Millisecond} {
		c := New(silentServer(t, ""))
		t.Cleanup(c.Close)
		c.patience = patience{answer: 20 * time.Millisecond, pass: 30 * time.Millisecond}
		resp, err := c.RoundTrip(roundTrip(t, method))
		if err == nil {
			resp.Body.Close()
		}
		mustTellOfSilence(t, method, err, patience{answer: waited})
	}
	c := New(silentServer(t, "HTTP/1.1 418 \r\nContent-Length: 4\r\n\r\nab"))
	defer c.Close()
	c.patience = patience{answer: time.Second, pass: time.Second}
	resp, err := c.RoundTrip(roundTrip(t, http.MethodGet))
	if err != nil {
		t.Fatal(err)
	}
	begun := make([]byte, 2)
	if _, err := io.ReadFull(resp.Body, begun); err != nil || string(begun) != "ab" || resp.StatusCode != http.StatusTeapot {
		t.Errorf("read %q of %s, %v", begun, resp.Status, err)
	}
	resp.Body.Close() // the server waits for that
}

func roundTrip(t *testing.T, method string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://sessiond/v1/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

//go:build unix

package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sessiond/internal/control"
	"sessiond/internal/session"
)

// askAndClose sends a request and closes the client's side for writing, as
// "nc -N" and socat do.
func (w *world) askAndClose(request string) *net.UnixConn {
	w.t.Helper()
	conn := w.dial().(*net.UnixConn)
	write(w.t, conn, request)
	if err := conn.CloseWrite(); err != nil {
		w.t.Fatal(err)
	}
	return conn
}

// seesTheEnd waits until the server has read that the client will send no more.
// There is no telling from outside, so it takes as long as many requests do: too
// short a wait would only let the test pass where it should fail.
func (w *world) seesTheEnd() {
	w.t.Helper()
	for range 20 {
		w.get("/healthz").mustBe(w.t, "application/json")
	}
}

func TestHalfClosedClientsAreAnswered(t *testing.T) {
	const body = "Content-Length: 4\r\nContent-Type: application/json\r\n\r\nnull"
	w := newLoadingWorld(t)
	release := make(chan struct{})
	held := func(ctx context.Context) (session.Report, error) {
		select {
		case <-release:
			return session.Report{}, nil
		case <-ctx.Done():
			return session.Report{}, ctx.Err()
		}
	}
	w.daemon.refresh, w.daemon.openAll = held, held
	w.daemon.open = func(ctx context.Context, _ session.Key) (session.Report, error) { return held(ctx) }
	w.pass(newSession(key, ""))

	conns := map[string]net.Conn{}
	for _, line := range []string{
		"POST /v1/refresh", "POST /v1/open", "POST /v1/sessions/" + key.String() + "/open", "GET /v1/status", "GET /v1/apps",
		"GET /v1/sessions", "GET /v1/sessions/" + key.String(), "GET /v1/schema", "GET /healthz", "GET /metrics", "HEAD /v1/events",
	} {
		const host = " HTTP/1.1\r\nHost: sessiond\r\n"
		conns[line] = w.askAndClose(line + host + "\r\n")
		conns[line+" with a body"] = w.askAndClose(line + host + body)
	}
	w.seesTheEnd()
	close(w.daemon.ready)
	w.seesTheEnd()
	close(release)
	for line, conn := range conns {
		method, _, _ := strings.Cut(line, " ")
		resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
		if err != nil {
			t.Errorf("%s: no answer: %v", line, err)
			continue
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d, %v: %s", line, resp.StatusCode, err, text)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("%s: after the answer the connection gives %v, want its end", line, err)
		}
	}
}

// A half-closed client follows events until it goes.
func TestHalfClosedFollower(t *testing.T) {
	w := newWorld(t)
	conn := w.askAndClose("GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for _, id := range []string{"c", "d"} {
		w.seesTheEnd()
		w.pass(newSession(session.Key{App: "a.b", ID: id}, ""))
		line, err := lines.ReadString('\n')
		if err != nil || !strings.Contains(line, "a.b/"+id) {
			t.Fatalf("the event is %q, %v", line, err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the follower is let go", func() bool { return w.store.Followers() == 0 })
}

// A client that goes altogether after it has half-closed is not waited for.
func TestHalfClosedClientThatGoesAway(t *testing.T) {
	w := newWorld(t)
	arrived, gone := make(chan struct{}), make(chan struct{})
	w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
		close(arrived)
		<-ctx.Done()
		close(gone)
		return session.Report{}, ctx.Err()
	}
	conn := w.askAndClose(askRefresh)
	<-arrived
	w.seesTheEnd()
	select {
	case <-gone:
		t.Fatal("the request was given up although its client waits")
	default:
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	<-gone
}

// Half a request is no request, however its sender ends.
func TestHalfClosedInTheMiddle(t *testing.T) {
	for name, text := range map[string]string{
		"header": "POST /v1/refresh HTTP/1.1\r\nHost: sess",
		"body":   "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\n\r\nhalf",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Body = 10 * time.Millisecond })
			w.daemon.refresh = func(context.Context) (session.Report, error) {
				t.Error("half a request was carried out")
				return session.Report{}, nil
			}
			text, err := io.ReadAll(w.askAndClose(text))
			if err != nil && !isReset(err) {
				t.Error(err)
			}
			if len(text) > 0 && !strings.HasPrefix(string(text), "HTTP/1.1 4") {
				t.Errorf("the answer is %s", text)
			}
		})
	}
}

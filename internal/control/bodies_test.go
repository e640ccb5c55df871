package control_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"sessiond/internal/control"
	"sessiond/internal/session"
)

func TestBodies(t *testing.T) {
	const most = 64 << 10
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	chunked := func(n int) io.Reader { return struct{ io.Reader }{strings.NewReader(strings.Repeat("x", n))} }
	sized := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	for _, body := range []io.Reader{sized(0), sized(most), chunked(most)} {
		w.ask(http.MethodPost, "/v1/refresh", body).mustBe(t, "application/json")
	}
	for _, body := range []io.Reader{sized(most + 1), chunked(most + 1)} {
		w.ask(http.MethodPost, "/v1/refresh", body).mustFail(t, http.StatusRequestEntityTooLarge, "65536")
	}
}

// What a form or a script of another site can send is no JSON.
func TestBodiesAreJSON(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	for header, want := range map[string]int{
		"application/json": 200, "Application/JSON; charset=utf-8": 200,
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "application/jsonp": 415, "text/plain; a=application/json": 415, "application/json; =": 415,
	} {
		header = "Content-Type: " + header + "\r\n"
		for _, body := range []string{"Content-Length: 4\r\n\r\nnull", "Transfer-Encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n"} {
			conn := w.dial()
			write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n"+header+body)
			if got := readAnswer(t, conn); got.status != want {
				t.Errorf("%q: %d, want %d", header, got.status, want)
			}
		}
		conn := w.dial() // no body, whatever its type would be
		write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\n"+header+"Content-Length: 0\r\n\r\n")
		readAnswer(t, conn).mustBe(t, "application/json")
	}
}

func TestBodyWithoutEnd(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) {
		t.Error("a request without an end was carried out")
		return session.Report{}, nil
	}
	conn := w.dial()
	write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nTransfer-Encoding: chunked\r\n\r\n")
	chunk := strconv.FormatInt(32<<10, 16) + "\r\n" + strings.Repeat("x", 32<<10) + "\r\n"
	for range 64 {
		if _, err := io.WriteString(conn, chunk); err != nil {
			break // cut off, as it should be
		}
	}
	if _, err := io.Copy(io.Discard, conn); err != nil && !isReset(err) {
		t.Errorf("the connection was not closed: %v", err)
	}
}

func TestHalfBody(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Body = 1 })
	conn := w.dial()
	write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 10\r\n\r\nhalf")
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "HTTP/1.1 408 ") || !strings.Contains(string(text), "application/problem+json") {
		t.Errorf("the answer is %s", text)
	}
}

// TestBodyDeadlineEndsWithTheBody carries out a request whose body took all the
// time it may take.
func TestBodyDeadlineEndsWithTheBody(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Body = 1 })
	w.daemon.refresh = func(ctx context.Context) (session.Report, error) {
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
		return session.Report{}, ctx.Err()
	}
	conn := w.dial()
	// It arrives together with the header, so nobody has to wait for it.
	write(t, conn, "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nwhole")
	readAnswer(t, conn).mustBe(t, "application/json")
}

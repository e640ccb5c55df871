package client_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/session"
)

// serve answers on a socket, and returns a client of it.
func serve(t *testing.T, handle http.HandlerFunc) *client.Client {
	t.Helper()
	ln, path := sockettest.Listen(t)
	srv := &http.Server{Handler: handle, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(ln) // returns when it is closed
	}()
	c := client.New(path)
	t.Cleanup(func() {
		c.Close()
		_ = srv.Close()
		<-ended
	})
	return c
}

// say answers with a text of a content type.
func say(status int, kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

func TestRequests(t *testing.T) {
	key := session.Key{App: "com.Ünï app", ID: "100% é?#"}
	const path = "/v1/sessions/com.%C3%9Cn%C3%AF%20app/100%25%20%C3%A9%3F%23"
	for want, ask := range map[string]func(*client.Client) error{
		"POST /v1/refresh":       func(c *client.Client) error { _, err := c.Refresh(t.Context()); return err },
		"POST /v1/open":          func(c *client.Client) error { _, err := c.OpenAll(t.Context()); return err },
		"POST " + path + "/open": func(c *client.Client) error { _, err := c.Open(t.Context(), key); return err },
		"GET " + path:            func(c *client.Client) error { _, err := c.Session(t.Context(), key); return err },
		"GET /v1/status":         func(c *client.Client) error { _, err := c.Status(t.Context()); return err },
		"GET /v1/apps":           func(c *client.Client) error { _, err := c.Apps(t.Context()); return err },
		"GET /v1/sessions?":      func(c *client.Client) error { _, err := c.Sessions(t.Context(), client.Query{}); return err },
		"GET /v1/sessions?app=a.b&cursor=x&email=a%2Bb%40c&limit=7&status=pending": func(c *client.Client) error {
			_, err := c.Sessions(t.Context(), client.Query{Filter: session.Filter{App: "a.b", Status: "pending", Email: "a+b@c"}, Limit: 7, Cursor: "x"})
			return err
		},
	} {
		var got string
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r.Method + " " + r.RequestURI
			say(http.StatusOK, "application/json", "{}")(w, r)
		})
		if err := ask(c); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if got != want {
			t.Errorf("asked %q, want %q", got, want)
		}
	}
}

func TestAllSessions(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text := map[string]string{
			"":   `{"sessions":[{"session":"a.b/1"},{"session":"a.b/2"}],"next":"p2"}`,
			"p2": `{"sessions":[{"session":"a.b/3"}],"next":"p3"}`,
			"p3": `{"sessions":[]}`,
		}[r.URL.Query().Get("cursor")]
		if r.URL.Query().Get("app") != "a.b" {
			text = "the filter was lost"
		}
		say(http.StatusOK, "application/json", text)(w, r)
	})
	var got []session.Key
	for one, err := range c.AllSessions(t.Context(), client.Query{Filter: session.Filter{App: "a.b"}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, one.Session)
	}
	if diff := cmp.Diff([]session.Key{{App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "a.b", ID: "3"}}, got); diff != "" {
		t.Error(diff)
	}
	for one := range c.AllSessions(t.Context(), client.Query{Filter: session.Filter{App: "a.b"}}) {
		if one.Session != (session.Key{App: "a.b", ID: "1"}) {
			t.Errorf("the first session is %q", one.Session)
		}
		break // asks for no more
	}
}

func TestAllSessionsFails(t *testing.T) {
	c := serve(t, say(http.StatusServiceUnavailable, "application/problem+json", `{"title":"Service Unavailable","status":503}`))
	count := 0
	for _, err := range c.AllSessions(t.Context(), client.Query{}) {
		count++
		if _, refused := errors.AsType[*client.ProblemError](err); !refused {
			t.Errorf("the error is %v", err)
		}
	}
	if count != 1 {
		t.Errorf("got %d answers, want one error", count)
	}
}

func TestFailures(t *testing.T) {
	const kind = "application/problem+json"
	rejected := session.NewProblem(session.Key{App: "a.b", ID: "c"}, session.CodeToken, "")
	for name, test := range map[string]struct {
		status     int
		kind, text string
		want       client.ProblemError
		message    string
	}{
		"problem": {
			503, kind, `{"type":"/problems/loading","title":"Service Unavailable","status":503,"detail":"still loading"}`,
			client.ProblemError{Kind: api.KindLoading, Status: 503, Title: "Service Unavailable", Detail: "still loading"},
			"still loading",
		},
		"without detail": {
			503, kind, `{"title":"Service Unavailable","status":503}`,
			client.ProblemError{Status: 503, Title: "Service Unavailable"},
			"the daemon answers 503 Service Unavailable",
		},
		"rejected": {
			422, kind, `{"type":"/problems/rejected","title":"Unprocessable Entity","status":422,"detail":"rejected","error":{"errCode":4,"componentSignature":"mobi","message":"Connection token is not compliant with the current information","session":"a.b/c"}}`,
			client.ProblemError{Kind: api.KindRejected, Status: 422, Title: "Unprocessable Entity", Detail: "rejected", Rejected: rejected},
			"rejected",
		},
		"plain text": {
			400, "text/plain", "400 Bad Request", client.ProblemError{Status: 400, Title: "Bad Request"}, "the daemon answers 400 Bad Request",
		},
		"JSON that is no problem": {
			500, "application/json", `{"detail":"some other service"}`,
			client.ProblemError{Status: 500, Title: "Internal Server Error"},
			"the daemon answers 500 Internal Server Error",
		},
		"broken problem": {
			500, kind, `{"title":`, client.ProblemError{Status: 500, Title: "Internal Server Error"}, "the daemon answers 500 Internal Server Error",
		},
		"not found": {
			404, kind, `{"title":"Not Found","status":404,"detail":"not there"}`,
			client.ProblemError{Status: 404, Title: "Not Found", Detail: "not there"},
			"not there",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, say(test.status, test.kind, test.text))
			_, err := c.Open(t.Context(), session.Key{App: "a.b", ID: "c"})
			var got *client.ProblemError
			if !errors.As(err, &got) {
				t.Fatalf("Open = %v, want a problem", err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Error(diff)
			}
			if err.Error() != test.message {
				t.Errorf("the message is %q, want %q", err, test.message)
			}
			if is := errors.Is(err, client.ErrNotFound); is != (test.status == http.StatusNotFound) {
				t.Errorf("errors.Is(err, ErrNotFound) = %v", is)
			}
			if errors.Is(err, client.ErrUnreachable) {
				t.Error("a daemon that answers is said to be unreachable")
			}
		})
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	for name, handle := range map[string]http.HandlerFunc{
		"not JSON":        say(http.StatusOK, "application/json", "<html>"),
		"cut off":         say(http.StatusOK, "application/json", `{"pid":`),
		"another service": say(http.StatusOK, "text/html", "{}"),
		"hangs up":        func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, handle)
			_, err := c.Status(t.Context())
			if err == nil || errors.Is(err, client.ErrUnreachable) || !strings.HasPrefix(err.Error(), "cannot ") {
				t.Errorf("Status = %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "http://sessiond") {
				t.Errorf("the error shows an address that nobody gave: %v", err)
			}
		})
	}
}

func TestContext(t *testing.T) {
	arrived := make(chan struct{})
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := c.Refresh(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, client.ErrUnreachable) {
		t.Errorf("Refresh = %v, want %v", err, context.Canceled)
	}
	if _, err := c.Refresh(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, client.ErrUnreachable) {
		t.Errorf("Refresh with a context that has ended = %v, want %v", err, context.Canceled)
	}
}

func TestEvents(t *testing.T) {
	const first, second = `{"epoch":"0000001f","revision":7,"session":"a.b/c","action":"admitted","trigger":"open"}`, `{"epoch":"0000001f","revision":8,"session":"a.b/c","action":"removed","reason":"deleted","trigger":"watch"}`
	events := []session.Event{
		{Epoch: 0x1f, Revision: 7, Session: session.Key{App: "a.b", ID: "c"}, Action: session.ActionAdmitted, Trigger: session.TriggerOpen},
		{Epoch: 0x1f, Revision: 8, Session: session.Key{App: "a.b", ID: "c"}, Action: session.ActionRemoved, Reason: session.RemovedDeleted, Trigger: session.TriggerWatch},
	}
	for name, test := range map[string]struct {
		stream string
		want   []session.Event
		err    func(error) bool
	}{
		"ends":                 {first + "\n" + second + "\n", events, isBroken},
		"empty":                {"", nil, isBroken},
		"breaks off in a line": {first + "\n" + second[:20], events[:1], isBroken},
		"lags": {first + "\n" + `{"type":"/problems/revision-gone","title":"Gone","status":410,"detail":"too slow"}` + "\n", events[:1], func(err error) bool {
			var told *client.ProblemError
			return errors.As(err, &told) && *told == client.ProblemError{Kind: api.KindRevisionGone, Status: 410, Title: "Gone", Detail: "too slow"}
		}},
		"garbage": {first + "\ngarbage\n", events[:1], func(err error) bool {
			return err != nil && !isBroken(err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.RequestURI
				say(http.StatusOK, "application/x-ndjson", test.stream)(w, r)
			})
			var got []session.Event
			err := c.Events(t.Context(), &session.Position{Epoch: 0x1f, Revision: 6}, func(e session.Event) error {
				got = append(got, e)
				return nil
			})
			if !test.err(err) {
				t.Errorf("Events = %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if want := "/v1/events?since=0000001f-6"; asked != want {
				t.Errorf("asked for %q, want %q", asked, want)
			}
		})
	}
}

func isBroken(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

func TestEventsEndWithTheHandler(t *testing.T) {
	c := serve(t, say(http.StatusOK, "application/x-ndjson", strings.Repeat(`{"revision":1}`+"\n", 3)))
	enough := errors.New("enough")
	count := 0
	err := c.Events(t.Context(), nil, func(session.Event) error {
		count++
		return enough
	})
	if !errors.Is(err, enough) || count != 1 {
		t.Errorf("Events = %v after %d events", err, count)
	}
}

func TestEventsEndWithTheContext(t *testing.T) {
	gone := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = fmt.Fprintln(w, `{"revision":1}`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Events(ctx, nil, func(session.Event) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Events = %v, want %v", err, context.Canceled)
	}
	<-gone
}

// TestDroppedConnection uses a connection that the daemon closes while it is at
// rest, as it does when many clients come.
func TestDroppedConnection(t *testing.T) {
	ln, path := sockettest.Listen(t)
	served := make(chan error)
	go func() { served <- errors.Join(serveAndDrop(ln, true), serveAndDrop(ln, false)) }()
	c := client.New(path)
	defer c.Close()
	for range 2 {
		if _, err := c.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// serveAndDrop answers a request on the next connection and then closes it, where
// asked for it not before another request has come.
func serveAndDrop(ln net.Listener, another bool) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	if _, err := http.ReadRequest(in); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
		return err
	}
	if another {
		_, err = http.ReadRequest(in)
	}
	return err
}

// That the daemon keeps no trash, or no audit, says nothing of a session.
func TestNothingKeptIsNoMissingSession(t *testing.T) {
	for kind, want := range map[api.Kind]bool{
		api.KindNotInMemory: true, api.KindNoFile: true, api.KindNotInTrash: true, api.KindNoTrash: false, api.KindNoAudit: false,
	} {
		err := &client.ProblemError{Kind: kind, Status: kind.Status()}
		if got := errors.Is(err, client.ErrNotFound); got != want {
			t.Errorf("errors.Is(%s, ErrNotFound) = %v", kind, got)
		}
	}
}

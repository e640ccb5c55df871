package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/session"
)

// follower is a client that follows events.
type follower struct {
	t      *testing.T
	events chan session.Event
	ended  chan error
	leave  context.CancelFunc
}

// follow begins to follow and returns once the daemon knows of it.
func (w *world) follow(since *uint64) *follower {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	f := &follower{t: w.t, events: make(chan session.Event, 1<<17), ended: make(chan error, 1), leave: cancel}
	before := w.store.Followers()
	go func() {
		var at *session.Position
		if since != nil {
			at = &session.Position{Revision: *since}
		}
		f.ended <- w.client.Events(ctx, at, func(e session.Event) error {
			f.events <- e
			return nil
		})
	}()
	w.t.Cleanup(cancel)
	eventually(w.t, "the follower is attached", func() bool { return w.store.Followers() > before })
	return f
}

// next returns the next event.
func (f *follower) next() session.Event {
	f.t.Helper()
	select {
	case e := <-f.events:
		return e
	case err := <-f.ended:
		f.t.Fatalf("the stream ended: %v", err)
	case <-time.After(patience):
		f.t.Fatal("waited in vain for an event")
	}
	return session.Event{}
}

// end returns why the stream ended.
func (f *follower) end() error {
	f.t.Helper()
	select {
	case err := <-f.ended:
		return err
	case <-time.After(patience):
		f.t.Fatal("waited in vain for the end of the stream")
	}
	return nil
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	first := w.pass(newSession(key, "anna@example.com")) // before anybody follows
	f := w.follow(nil)
	w.pass(newSession(key, "bert@example.com"), newSession(session.Key{App: "a.b", ID: "c"}, ""))
	w.remove(session.Key{App: "a.b", ID: "c"})
	epoch := w.store.View().Epoch()
	want := []session.Event{
		{Epoch: epoch, Revision: first + 1, At: start(), Session: key, Email: "bert@example.com", Action: session.ActionUpdated, Trigger: session.TriggerWatch},
		{Epoch: epoch, Revision: first + 2, At: start(), Session: session.Key{App: "a.b", ID: "c"}, Action: session.ActionAdmitted, Trigger: session.TriggerWatch},
		{Epoch: epoch, Revision: first + 3, Session: session.Key{App: "a.b", ID: "c"}, Action: session.ActionRemoved, Reason: session.RemovedDeleted, Trigger: session.TriggerWatch},
	}
	if diff := cmp.Diff(want, []session.Event{f.next(), f.next(), f.next()}); diff != "" {
		t.Error(diff)
	}
	f.leave()
	if err := f.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("the stream ended with %v", err)
	}
	eventually(t, "the follower is let go", func() bool { return w.store.Followers() == 0 })
}

func TestEventsAreOneALine(t *testing.T) {
	w := newWorld(t)
	since := w.store.View().Revision()
	conn := w.dial()
	write(t, conn, "GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil) // the header comes although nothing has happened yet
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	defer conn.Close() // before the body, which would wait for the end of the stream
	if got := resp.Header.Get("Content-Type"); got != "application/x-ndjson" {
		t.Errorf("the content type is %q", got)
	}
	w.pass(newSession(session.Key{App: "a.b", ID: "c"}, ""))
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	got := read[session.Event](t, answer{body: []byte(line)})
	if got.Revision != since+1 || got.Session != (session.Key{App: "a.b", ID: "c"}) {
		t.Errorf("the event is %s", line)
	}
}

func TestEventsSince(t *testing.T) {
	w := newWorld(t)
	begin := w.store.View().Revision()
	w.pass(sessions("a.b", 3)...)

	since := begin + 1
	f := w.follow(&since)
	for i := range uint64(2) {
		if got := f.next().Revision; got != since+1+i {
			t.Errorf("the revision is %d, want %d", got, since+1+i)
		}
	}
	for _, gone := range []uint64{0, begin - 1, begin + 4} {
		var refused *client.ProblemError
		err := w.client.Events(t.Context(), &session.Position{Revision: gone}, nil)
		if !errors.As(err, &refused) || refused.Status != http.StatusGone {
			t.Errorf("following since %d ends with %v, want status 410", gone, err)
		}
	}
}

func TestManyFollowers(t *testing.T) {
	const many = 100
	w := newWorld(t)
	followers := make([]*follower, many)
	for i := range followers {
		followers[i] = w.follow(nil)
	}
	all := sessions("a.b", 20)
	w.pass(all...)
	for _, f := range followers {
		for _, s := range all {
			if got := f.next(); got.Session != s.Key() {
				t.Fatalf("the event is about %q, want %q", got.Session, s.Key())
			}
		}
	}
	w.stop()
	for _, f := range followers {
		var refused *client.ProblemError
		if err := f.end(); !errors.As(err, &refused) || !strings.Contains(refused.Detail, "stopping") {
			t.Fatalf("the stream ended with %v, want to be told that the daemon is stopping", err)
		}
	}
}

func TestTooManyFollowers(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.MaxConns = 8 })
	var followers []*follower
	for range 4 {
		followers = append(followers, w.follow(nil))
	}
	w.get("/v1/events").mustFail(t, http.StatusServiceUnavailable, "4 clients follow")
	followers[0].leave()
	eventually(t, "a place is free", func() bool { return w.store.Followers() == 3 })
	w.follow(nil)
	w.get("/v1/status").mustBe(t, "application/json")
}

// beginToFollow asks for events on a connection from which nothing is read.
func (w *world) beginToFollow() io.Reader {
	conn := w.dial()
	write(w.t, conn, "GET /v1/events HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	eventually(w.t, "the follower is attached", func() bool { return w.store.Followers() == 1 })
	return conn
}

// rest reads a stream to its end and returns its last line.
func rest(t *testing.T, from io.Reader) (last string, err error) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(from), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		last = lines.Text()
	}
	return last, lines.Err()
}

// tooMuch is more than the buffers of a socket take, in events.
const tooMuch = 30_000

func TestFollowerThatLags(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Write = patience })
	all := sessions("a.b", tooMuch)
	slow := w.beginToFollow()
	for range 5 {
		w.pass(all...)
	}
	last, err := rest(t, slow)
	if err != nil {
		t.Fatal(err)
	}
	answer{status: http.StatusGone, header: http.Header{"Content-Type": {"application/problem+json"}}, body: []byte(last)}.
		mustFail(t, http.StatusGone, "too slow")
}

func TestFollowerThatDoesNotRead(t *testing.T) {
	w := newWorld(t, func(cfg *control.Config) { cfg.Limits.Write = 10 * time.Millisecond })
	all := sessions("a.b", tooMuch)
	slow := w.beginToFollow()
	w.pass(all...)
	eventually(t, "the follower is cut off", func() bool { return w.store.Followers() == 0 })
	if last, err := rest(t, slow); err == nil {
		t.Errorf("the stream ended properly, with %s", last)
	}
}

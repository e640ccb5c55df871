package control

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// tape notes what is done with a connection.
type tape struct{ done []string }

func (t *tape) Header() http.Header { return http.Header{} }
func (t *tape) WriteHeader(int)     {}

func (t *tape) Write(p []byte) (int, error) {
	t.done = append(t.done, "write")
	return len(p), nil
}

func (t *tape) FlushError() error {
	t.done = append(t.done, "flush")
	return nil
}

func (t *tape) SetWriteDeadline(time.Time) error {
	t.done = append(t.done, "deadline")
	return nil
}

// TestEachBatchHasItsTime would fail where the time of one batch ran while the stream
// waited for the next event: that may be hours.
func TestEachBatchHasItsTime(t *testing.T) {
	var conn tape
	s := New(Config{Store: store.New(time.Unix(0, 0))})
	follower, err := s.store.Follow(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer follower.Close()
	out := s.newStream(&conn)
	for range 2 {
		s.store.Apply(session.Outcome{Changes: []session.MemoryChange{
			{Session: sessiontest.At(session.Key{App: "a.b", ID: "1"})}, {Session: sessiontest.At(session.Key{App: "a.b", ID: "2"})},
		}})
		events, err := follower.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !out.send(events) {
			t.Error("the events were not taken")
		}
		if err := out.flush(); err != nil {
			t.Error(err)
		}
	}
	want := []string{"deadline", "write", "deadline", "flush", "deadline", "write", "deadline", "flush"}
	if diff := cmp.Diff(want, conn.done); diff != "" {
		t.Error(diff)
	}
}

package control

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
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

// TestEachLineHasItsTime would fail where the time of one line ran while the
// stream waited for the next event: that may be hours.
func TestEachLineHasItsTime(t *testing.T) {
	var conn tape
	s := New(Config{})
	out := s.newStream(&conn)
	if !out.send([]session.Event{{}, {}}) {
		t.Error("the events were not taken")
	}
	if err := out.flush(); err != nil {
		t.Error(err)
	}
	want := []string{"deadline", "write", "deadline", "write", "deadline", "flush"}
	if diff := cmp.Diff(want, conn.done); diff != "" {
		t.Error(diff)
	}
}

package control

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// recorder notes what is done with a connection.
type recorder struct{ done []string }

func (r *recorder) Header() http.Header { return http.Header{} }
func (r *recorder) WriteHeader(int)     {}

func (r *recorder) Write(p []byte) (int, error) {
	r.done = append(r.done, "write")
	return len(p), nil
}

func (r *recorder) FlushError() error {
	r.done = append(r.done, "flush")
	return nil
}

func (r *recorder) SetWriteDeadline(time.Time) error {
	r.done = append(r.done, "deadline")
	return nil
}

// TestEachLineHasItsTime would fail where the time of one line ran while the
// stream waited for the next event: that may be hours.
func TestEachLineHasItsTime(t *testing.T) {
	var conn recorder
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

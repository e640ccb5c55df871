package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// A session is told with the time of the file whose content it has.
func TestChangesTellWhenTheFileWasModified(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1")
	modified := func(want int64) {
		t.Helper()
		result := r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true})
		if len(result.Changes) != 1 || result.Changes[0].Modified != want {
			t.Errorf("the changes are %+v, want one of a file modified at %d", result.Changes, want)
		}
	}
	admitted := r.tree.at("a.b/1").mtime
	r.clock.pass(time.Minute)
	modified(admitted)

	r.tree.write("a.b/1", "valid 2")
	edited := r.tree.at("a.b/1").mtime
	r.clock.pass(time.Minute)
	modified(edited)

	r.tree.touch("a.b/1", time.Second)
	if again := r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}); len(again.Changes) != 0 {
		t.Errorf("a file that was touched: %+v, want no change, since the content is the same", again.Changes)
	}
}

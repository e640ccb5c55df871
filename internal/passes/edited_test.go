package passes

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// A file that the daemon has changed or deleted itself is looked at by a pass of its own
// trigger, whose report is about that file alone.
func TestEdited(t *testing.T) {
	r := start(t, 0, 1, 2)
	passestest.Write(t, r.root, passestest.Key(0), passestest.Content(0, "new@example.com"))
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "new@example.com"))
	report, err := r.Edited(t.Context(), false, passestest.Key(0))
	if err != nil || report.Trigger != session.TriggerEdit || report.Updated != 1 || report.Checked != 1 {
		t.Errorf("an edit: %+v, %v", report, err)
	}
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(passestest.Key(0).String()))); err != nil {
		t.Fatal(err)
	}
	before := r.view().Passes()
	report, err = r.Edited(t.Context(), true, passestest.Key(0))
	if err != nil || report.Removed != 1 || len(report.Unsettled) != 0 {
		t.Errorf("a deletion: %+v, %v", report, err)
	}
	if passes := r.view().Passes() - before; passes != 1 {
		t.Errorf("a deletion took %d passes, want 1: it is certain", passes)
	}
}

// Many files that were changed together are looked at by one pass, whose report is about
// all of them.
func TestManyEdited(t *testing.T) {
	r := start(t, 0, 1, 2, 3)
	edited := []session.Key{passestest.Key(0), passestest.Key(1), passestest.Key(2)}
	for n := range edited {
		passestest.Write(t, r.root, passestest.Key(n), passestest.Content(n, "new@example.com"))
	}
	before := r.view().Passes()
	report, err := r.Edited(t.Context(), false, edited...)
	if err != nil || report.Trigger != session.TriggerEdit || report.Updated != 3 || report.Checked != 3 {
		t.Errorf("edits: %+v, %v", report, err)
	}
	if passes := r.view().Passes() - before; passes != 1 {
		t.Errorf("they took %d passes, want 1", passes)
	}
}

// What was edited and what is to be opened meanwhile are answered each by its own pass.
func TestEditsShareAPass(t *testing.T) {
	r := start(t, 0, 1)
	before := r.view().Passes()
	arrived, release := r.tree.Hold()
	r.Rescan(session.TriggerSignal, time.Time{})
	<-arrived
	waiting := map[string]*waiter{
		"one":   r.queue.open(request{what: lookAtEdited, files: &[]session.Key{passestest.Key(0)}}),
		"other": r.queue.open(request{what: lookAtEdited, files: &[]session.Key{passestest.Key(1)}}),
		"open":  r.queue.open(request{what: openFile, file: passestest.Key(1)}),
	}
	release()
	got := answers(t, waiting)
	if got["one"].Pass != got["other"].Pass || got["one"].Trigger != session.TriggerEdit || got["open"].Trigger != session.TriggerOpen {
		t.Errorf("answered by %+v", got)
	}
	if passes := r.view().Passes() - before; passes != 3 {
		t.Errorf("%d passes, want 3", passes)
	}
}

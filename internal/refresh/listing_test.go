package refresh_test

import (
	"testing"

	"sessiond/internal/session"
)

// A file is looked for in the folder that is there now: a listing of a folder
// that was removed meanwhile says nothing.
func TestRemovedWhileListed(t *testing.T) {
	for _, path := range []string{"", "a.b"} {
		t.Run(path, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1")
			opened := openRoot
			if path != "" {
				opened = openFolder
			}
			r.tree.faults.of = func(c call, at string) error {
				if c == opened && at == path {
					r.tree.bury(r.tree.take(path))
				}
				return nil
			}
			r.full()
			r.inMemory(keys{one: "valid 1"})
			r.wrong(nil)
			r.unsettledAre(keys{one: session.ReasonInMotion})
		})
	}
}

// A file that is listed twice is one file.
func TestListedTwice(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1", "a.b/2", "wrong 2")
	r.tree.faults.twice = true
	counts(t, r.full(), session.Counts{Checked: 2, Admitted: 1})
	counts(t, r.refresh(), session.Counts{Checked: 2, Unchanged: 1, Rejected: 1})
}

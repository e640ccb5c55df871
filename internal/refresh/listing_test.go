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

// A file that is gone since it was listed is in motion where a session is at
// stake, and nothing to speak of where none is.
func TestGoneSinceItWasListed(t *testing.T) {
	tests := []struct {
		path   string
		waits  keys
		counts session.Counts
	}{
		{"a.b/1", keys{one: session.ReasonInMotion}, session.Counts{Checked: 1, NotInMemory: 1}},
		{"a.b/2", nil, session.Counts{Checked: 1, Unchanged: 1}},
	}
	for _, test := range tests {
		for _, when := range []call{statFile, readFile} {
			t.Run(test.path+", "+string(when), func(t *testing.T) {
				r := started(t, "a.b/1", "valid 1")
				r.tree.write("a.b/2", "valid 2")
				r.tree.goneBefore(when, test.path)
				report := r.full()
				r.inMemory(keys{one: "valid 1"})
				r.wrong(nil)
				r.unsettledAre(test.waits)
				counts(t, report, test.counts)
				changed(t, report)
			})
		}
	}
}

// A file that is listed twice is one file.
func TestListedTwice(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1", "a.b/2", "wrong 2")
	r.tree.faults.twice = true
	counts(t, r.full(), session.Counts{Checked: 2, Admitted: 1})
	counts(t, r.refresh(), session.Counts{Checked: 2, Unchanged: 1, Rejected: 1})
}

package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/session"
)

// TestEditsAreFound edits files in ways that the cheap signal tells little or
// nothing of (refresh contract, section 3: edited means the bytes differ).
func TestEditsAreFound(t *testing.T) {
	tests := []struct {
		name string
		tick time.Duration
		edit func(r *rig)
	}{
		{"another size", fineTick, func(r *rig) {
			r.tree.write("a.b/1", "valid and longer")
		}},
		{"the same size", fineTick, func(r *rig) {
			r.tree.write("a.b/1", "valid 2")
		}},
		{"the same size within the tick of the last look", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.clock.pass(time.Second)
			r.tree.write("a.b/1", "valid 2")
		}},
		{"the same size within the tick, looked at later", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.tree.write("a.b/1", "valid 2")
			r.clock.pass(time.Hour)
		}},
		{"the same size within the tick, long after the first look", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.tree.write("a.b/1", "valid 1")
			r.clock.pass(time.Second)
			r.full()
			r.tree.write("a.b/1", "valid 2")
			r.clock.pass(25 * time.Hour)
		}},
		{"swapped by a file with the same inode, within the tick", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.tree.remove("a.b/1")
			r.tree.write("a.b/1", "valid 2")
		}},
		{"mtime set back", fineTick, func(r *rig) {
			was := r.tree.at("a.b/1").mtime
			r.tree.write("a.b/1", "valid 2")
			r.tree.setMtime("a.b/1", was)
		}},
		{"swapped by rename, mtime set back", fineTick, func(r *rig) {
			was := r.tree.at("a.b/1").mtime
			r.tree.swap("a.b/1", "valid 2")
			r.tree.setMtime("a.b/1", was)
		}},
		{"the same size within the tick, on a server whose clock is behind", 2 * time.Second, func(r *rig) {
			r.tree.skew = -time.Hour
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.tree.write("a.b/1", "valid 2")
			r.clock.pass(rested)
		}},
		{"the same size within the tick, on a server whose clock is ahead", 2 * time.Second, func(r *rig) {
			r.tree.skew = time.Hour
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.tree.write("a.b/1", "valid 2")
			r.clock.pass(rested)
		}},
		{"wall clock set back to the tick of an earlier edit", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			for range 3 {
				r.clock.pass(rested)
				r.full() // its signature is believed by now
			}
			r.clock.set(-3 * rested)
			r.tree.write("a.b/1", "valid 2")
		}},
		{"wall clock set forward and back, and its time come again", 2 * time.Second, func(r *rig) {
			r.clock.set(time.Hour)
			r.tree.write("a.b/1", "valid 0")
			r.full()
			r.clock.set(-time.Hour)
			for range 3 {
				r.clock.pass(rested)
				r.full()
			}
			r.clock.pass(time.Hour - 3*rested)
			r.tree.write("a.b/1", "valid 2")
		}},
		{"wall clock set far forward and back", 2 * time.Second, func(r *rig) {
			r.tree.write("a.b/1", "valid 0")
			r.clock.set(48 * time.Hour)
			r.full() // the edit seems old
			r.clock.set(-48 * time.Hour)
			r.tree.write("a.b/1", "valid 2")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, "a.b/1", "valid 1")
			r.tree.tick = test.tick
			r.full()
			r.clock.pass(time.Minute)
			r.full()

			test.edit(r)

			report := r.full()
			want := string(r.tree.at("a.b/1").data)
			counts(t, report, session.Counts{Checked: 1, Updated: 1})
			changed(t, report, session.Change{Session: one, Action: session.ActionUpdated})
			r.inMemory(keys{one: want})
		})
	}
}

// A file that was only touched, or written with what it held, is unchanged.
func TestTouchedIsUnchanged(t *testing.T) {
	edits := map[string]func(*tree){
		"touched":         func(tree *tree) { tree.touch("a.b/1", 0) },
		"mtime set back":  func(tree *tree) { tree.touch("a.b/1", -time.Hour) },
		"written as was":  func(tree *tree) { tree.write("a.b/1", "valid 1") },
		"swapped as was":  func(tree *tree) { tree.swap("a.b/1", "valid 1") },
		"moved and back":  func(tree *tree) { tree.rename("a.b/1", "a.b/x.y"); tree.rename("a.b/x.y", "a.b/1") },
		"locked and back": func(tree *tree) { tree.lock("a.b/1", true); tree.lock("a.b/1", false) },
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1")
			before := r.sessions[one]
			edit(r.tree)
			report := r.full()
			counts(t, report, session.Counts{Checked: 1, Unchanged: 1})
			changed(t, report)
			if r.sessions[one] != before {
				t.Error("the session was replaced")
			}
		})
	}
}

// Once the cheap signal can be believed, the file is not read.
func TestUnchangedIsNotRead(t *testing.T) {
	tests := []struct {
		name string
		age  time.Duration // of the files at start-up
		// reads of two files in passes at once, after a second and after two
		// times a rest
		want [4]int
	}{
		{"files written just now", 0, [4]int{2, 2, 2, 0}},
		{"files at rest for an hour", time.Hour, [4]int{2, 2, 2, 0}},
		{"files at rest for days", 48 * time.Hour, [4]int{2, 0, 0, 0}},
		{"files from the future", -time.Hour, [4]int{2, 2, 2, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.clock.set(-test.age)
			r.tree.write("a.b/1", "valid")
			r.tree.write("a.b/2", "wrong")
			r.clock.set(test.age)
			var got [4]int
			for i, wait := range []time.Duration{0, time.Second, rested, rested} {
				r.clock.pass(wait)
				r.rest()
				r.tree.reads = 0
				r.full()
				got[i] = r.tree.reads
			}
			if got != test.want {
				t.Errorf("files read: %v, want %v", got, test.want)
			}
		})
	}
}

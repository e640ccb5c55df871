package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/session"
)

// A save that ends before the looks agree leaves the session where it was.
func TestSavesAreNoLogout(t *testing.T) {
	const pause = settle / 5
	saves := map[string]func(r *rig, step func()){
		"in place": func(r *rig, step func()) {
			r.tree.write("a.b/1", "")
			step()
			r.tree.write("a.b/1", "wro")
			step()
			r.tree.write("a.b/1", "valid 2")
		},
		"remove and recreate": func(r *rig, step func()) {
			r.tree.remove("a.b/1")
			step()
			r.tree.write("a.b/1", "")
			step()
			r.tree.write("a.b/1", "valid 2")
		},
		"rename away and write": func(r *rig, step func()) {
			r.tree.rename("a.b/1", "a.b/1~")
			step()
			r.tree.write("a.b/1", "valid 2")
			step()
			r.tree.remove("a.b/1~")
		},
		"folder renamed away and back": func(r *rig, step func()) {
			r.tree.rename("a.b", "old.b")
			step()
			r.tree.rename("old.b", "a.b")
			step()
			r.tree.write("a.b/1", "valid 2")
		},
		"root renamed away and back": func(r *rig, step func()) {
			root := r.tree.away("")
			step()
			r.tree.back("", root)
			step()
			r.tree.write("a.b/1", "valid 2")
		},
	}
	for name, save := range saves {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1")
			for range 50 {
				save(r, func() {
					r.full()
					r.clock.pass(pause)
				})
				r.clock.pass(pause)
				if r.sessions[one] == nil {
					t.Fatal("the session is gone")
				}
			}
			r.rest()
			r.full()
			r.inMemory(keys{one: "valid 2"})
		})
	}
}

// A file that every look found absent is deleted after two seconds and eight
// looks, although its folder never rests.
func TestAbsentFromARestlessFolder(t *testing.T) {
	tests := []struct {
		name    string
		every   time.Duration
		want    time.Duration // after the first look
		appears time.Duration // after the first look, for one look
		moving  bool          // while it is written
	}{
		{name: "looks at their ordinary pace", every: settle, want: 2 * time.Second},
		{name: "few looks", every: 500 * time.Millisecond, want: 3500 * time.Millisecond},
		{name: "many looks", every: 50 * time.Millisecond, want: 2 * time.Second},
		{name: "seen in between", every: settle, want: 3250 * time.Millisecond, appears: time.Second},
		{name: "being written in between", every: settle, want: 3250 * time.Millisecond, appears: time.Second, moving: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid")
			r.tree.remove("a.b/1")
			begin := r.clock.read().Mono
			for since := time.Duration(0); since < 10*time.Second; since = r.clock.read().Mono - begin {
				r.tree.touch("a.b", 0)
				if test.appears > 0 && since == test.appears {
					r.tree.write("a.b/1", "valid")
					r.tree.move("a.b/1", test.moving)
				} else {
					r.tree.remove("a.b/1")
				}
				r.look(one)
				if gone := r.sessions[one] == nil; gone != (since >= test.want) {
					t.Fatalf("removed %v after the first look, want %v", since, test.want)
				} else if gone {
					return
				}
				r.clock.pass(test.every)
			}
		})
	}
}

// An invalid file never counts by many looks alone.
func TestInvalidFileThatNeverRests(t *testing.T) {
	r := started(t, "a.b/1", "valid")
	for range 100 {
		r.tree.write("a.b/1", "wrong")
		r.look(one)
		r.clock.pass(settle)
	}
	r.inMemory(keys{one: "valid"})
	if answer := r.refresh(); answer.Rejected != 1 {
		t.Errorf("not rejected at rest: %+v", answer)
	}
}

// A file that changes while it is read is in motion, also where what was read
// is valid.
func TestUnstableRead(t *testing.T) {
	for _, content := range []string{"valid 2", "wrong 2"} {
		t.Run(content, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1")
			r.tree.write("a.b/1", content)
			r.tree.faults.during = func(path string) {
				r.clock.pass(fineTick)
				r.tree.touch(path, 0)
			}
			for range 30 {
				counts(t, r.full(), session.Counts{Checked: 1})
				r.unsettledAre(keys{one: session.ReasonInMotion})
				r.clock.pass(settle)
			}
			r.inMemory(keys{one: "valid 1"})
			r.tree.faults.during = nil
			r.rest()
			want := keys{one: content}
			if !isValid(content) {
				want = nil
			}
			r.inMemory(want)
		})
	}
}

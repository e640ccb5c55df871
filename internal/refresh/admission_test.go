package refresh_test

import (
	"io/fs"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Start-up is the first pass that finds an app folder, whatever asked for it.
// Later, a pass admits nothing (refresh contract, section 3, "Admission").
func TestStartup(t *testing.T) {
	before := map[string]func(r *rig){
		"there at once":     func(*rig) {},
		"root not there":    func(r *rig) { r.tree.remove("") },
		"root empty":        func(r *rig) { r.tree.folder("") },
		"only other things": func(r *rig) { r.tree.write("x/1", "valid"); r.tree.folder(".git") },
		"root unreadable":   func(r *rig) { r.tree.folder(""); r.tree.lock("", true) },
		"root unlistable":   func(r *rig) { r.tree.failing(listRoot, "", errIO) },
		"on another device": func(r *rig) { r.tree.folder(""); r.tree.mount("", 2) },
	}
	for name, edit := range before {
		for _, trigger := range []string{"full", "files"} {
			t.Run(name+", "+trigger, func(t *testing.T) {
				r := newRig(t)
				if name != "there at once" {
					edit(r)
					r.full()
					r.clock.pass(time.Minute)
					r.full()
				}
				r.tree.faults.of = nil
				r.tree.unmount("")
				r.tree.remove("")
				r.tree.write("a.b/1", "valid 1")
				r.tree.write("a.b/2", "valid 2")
				r.tree.write("c.d/1", "valid")
				if trigger == "full" {
					r.full()
				} else {
					r.look(one)
				}
				all := keys{one: "valid 1", two: "valid 2", other: "valid"}
				r.inMemory(all)

				r.tree.write("a.b/3", "valid 3")
				r.tree.write("e.f/1", "valid")
				counts(t, r.full(), session.Counts{Checked: 5, Unchanged: 3, NotInMemory: 2})
				counts(t, r.look(three), session.Counts{Checked: 1, NotInMemory: 1})
				r.inMemory(all)
				if r.idle != 2 {
					t.Errorf("%d not in memory, want 2", r.idle)
				}
			})
		}
	}
}

// An app folder that is empty, or cannot be listed, is one that start-up found.
func TestStartupWithoutFiles(t *testing.T) {
	r := newRig(t)
	r.tree.folder("a.b")
	r.full()
	r.tree.write("a.b/1", "valid 1")
	counts(t, r.full(), session.Counts{Checked: 1, NotInMemory: 1})

	r = newRig(t)
	r.tree.folder("a.b")
	r.tree.lock("a.b", true)
	r.full()
	r.tree.write("c.d/1", "valid")
	counts(t, r.full(), session.Counts{Checked: 1, NotInMemory: 1})
}

// TestRightToBeAdmitted has files and folders that start-up could not judge:
// they may be admitted until they first are judged, and no longer.
func TestRightToBeAdmitted(t *testing.T) {
	tests := []struct {
		name string
		// atStart is done before the start-up pass, then after it; the file
		// becomes valid afterwards if it is not by then
		atStart, then func(r *rig)
		admitted      bool
	}{
		{
			"unreadable",
			func(r *rig) { r.tree.lock("a.b/1", true) },
			func(r *rig) { r.tree.lock("a.b/1", false) },
			true,
		},
		{
			"unreadable for long",
			func(r *rig) { r.tree.lock("a.b/1", true) },
			func(r *rig) {
				for range 20 {
					r.retry()
				}
				r.clock.pass(time.Hour)
				r.tree.lock("a.b/1", false)
			},
			true,
		},
		{
			"its folder unreadable",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) { r.clock.pass(time.Hour); r.full(); r.tree.lock("a.b", false) },
			true,
		},
		{
			"its folder unlistable, the file asked for by name",
			func(r *rig) { r.tree.failing(listFolder, "a.b", errIO) },
			func(r *rig) { r.tree.faults.of = nil; r.look(one) },
			true,
		},
		{
			"its folder unreadable, then the root",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) {
				r.tree.lock("", true)
				r.full()
				r.clock.pass(time.Hour)
				r.tree.lock("", false)
				r.full()
				r.tree.lock("a.b", false)
			},
			true,
		},
		{
			"its folder unreadable, then the file",
			func(r *rig) { r.tree.lock("a.b", true); r.tree.lock("a.b/1", true) },
			func(r *rig) {
				r.tree.lock("a.b", false)
				r.full()
				r.clock.pass(time.Hour)
				r.tree.lock("a.b/1", false)
			},
			true,
		},
		{
			"its folder unreadable, then away for a moment",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) {
				folder := r.tree.away("a.b")
				r.full()
				r.clock.pass(settle / 2)
				r.tree.back("a.b", folder)
				r.tree.lock("a.b", false)
			},
			true,
		},
		{
			"its folder unreadable, then the root away for a moment",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) {
				root := r.tree.away("")
				r.full()
				r.clock.pass(settle / 2)
				r.tree.back("", root)
				r.tree.lock("a.b", false)
			},
			true,
		},
		{
			"its folder unreadable, then gone for good",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) { r.tree.remove("a.b"); r.full(); r.rest(); r.unsettledAre(nil) },
			false,
		},
		{
			"its folder unreadable, then without it",
			func(r *rig) { r.tree.remove("a.b/1"); r.tree.lock("a.b", true) },
			func(r *rig) { r.tree.lock("a.b", false); r.full() },
			false,
		},
		{
			"invalid for a moment",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) { r.clock.pass(settle / 2) },
			true,
		},
		{
			"invalid, then unreadable",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.tree.lock("a.b/1", true)
				r.full()
				r.clock.pass(time.Hour)
				r.tree.lock("a.b/1", false)
			},
			true,
		},
		{
			"invalid, then its folder unreadable",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.tree.lock("a.b", true)
				r.full()
				r.clock.pass(time.Hour)
				r.tree.lock("a.b", false)
			},
			true,
		},
		{
			"invalid for a moment, then absent for one",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.clock.pass(settle / 2)
				r.tree.remove("a.b/1")
				r.full()
				r.clock.pass(settle / 2)
			},
			true,
		},
		{
			"invalid at rest",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) { r.rest() },
			false,
		},
		{
			"invalid for a moment, then gone for good",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) { r.tree.remove("a.b/1"); r.full(); r.rest() },
			false,
		},
		{
			"read while it is written",
			func(r *rig) {
				r.tree.faults.during = func(path string) {
					if path == "a.b/1" {
						r.tree.write(path, "valid, and longer")
					}
				}
			},
			func(r *rig) { r.tree.faults.during = nil },
			true,
		},
		{
			"removed while it is read, and recreated",
			func(r *rig) {
				r.tree.goneBeforeRead("a.b/1")
			},
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"removed while it is read",
			func(r *rig) {
				r.tree.goneBeforeRead("a.b/1")
			},
			func(r *rig) { r.tree.faults.of = nil; r.rest() },
			false,
		},
		{
			"its folder gone after it was listed, and back",
			func(r *rig) { r.tree.goneAfterListing("a.b", openFolder) },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"its folder gone before its files were listed, and back",
			func(r *rig) { r.tree.goneAfterListing("a.b", listFolder) },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"its folder gone after it was listed",
			func(r *rig) { r.tree.goneAfterListing("a.b", openFolder) },
			func(r *rig) { r.tree.faults.of = nil; r.rest() },
			false,
		},
		{
			"not there yet",
			func(r *rig) { r.tree.remove("a.b/1") },
			func(*rig) {},
			false,
		},
	}
	for _, test := range tests {
		for _, path := range []string{"full", "files"} {
			t.Run(test.name+", "+path, func(t *testing.T) {
				r := newRig(t, "a.b/1", "valid", "c.d/1", "valid")
				test.atStart(r)
				r.full()
				if _, there := r.sessions[other]; !there {
					t.Fatal("what could be judged is not in memory")
				}
				test.then(r)
				if !r.tree.isFile("a.b/1") || !isValid(string(r.tree.at("a.b/1").data)) {
					r.tree.write("a.b/1", "valid")
				}
				if path == "full" {
					r.full()
				} else {
					r.look(one)
				}
				if _, admitted := r.sessions[one]; admitted != test.admitted {
					t.Errorf("admitted: %t, want %t", admitted, test.admitted)
				}
				r.rest()
				r.unsettledAre(nil)
			})
		}
	}
}

// goneBeforeRead removes a file when it is about to be read.
func (t *tree) goneBeforeRead(path string) {
	t.faults.of = func(c call, at string) error {
		if c != readFile || at != path {
			return nil
		}
		t.bury(t.take(path))
		return fs.ErrNotExist
	}
}

// goneAfterListing removes a folder at a call about it.
func (t *tree) goneAfterListing(app string, when call) {
	t.faults.of = func(c call, at string) error {
		if c != when || at != app {
			return nil
		}
		t.bury(t.take(app))
		return fs.ErrNotExist
	}
}

// TestOpen admits by name, a folder, or all that is valid.
func TestOpen(t *testing.T) {
	late := []string{"a.b/1", "valid 1", "a.b/2", "wrong 2", "a.b/3", "valid 3", "c.d/1", "valid"}
	tests := []struct {
		name   string
		open   []session.Key
		counts session.Counts
		memory keys
	}{
		{"one", []session.Key{one}, session.Counts{Checked: 1, Admitted: 1}, keys{one: "valid 1"}},
		{"one that is rejected", []session.Key{two}, session.Counts{Checked: 1, Rejected: 1}, nil},
		{"one that is not there", []session.Key{"a.b/9", "e.f/9"}, session.Counts{}, nil},
		{"several", []session.Key{one, other}, session.Counts{Checked: 2, Admitted: 2}, keys{one: "valid 1", other: "valid"}},
		{"a folder", []session.Key{"a.b/"}, session.Counts{Checked: 3, Admitted: 2, Rejected: 1}, keys{one: "valid 1", three: "valid 3"}},
		{"all", nil, session.Counts{Checked: 4, Admitted: 3, Rejected: 1}, keys{one: "valid 1", three: "valid 3", other: "valid"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.tree.folder("a.b")
			r.full()
			for i := 0; i < len(late); i += 2 {
				r.tree.write(late[i], late[i+1])
			}
			r.full()
			r.rest()
			r.clock.pass(rested)
			r.full()
			r.clock.pass(rested)
			r.inMemory(nil)

			counts(t, r.open(test.open...), test.counts)
			r.inMemory(test.memory)
			if want := 3 - len(test.memory); r.idle != want {
				t.Errorf("%d not in memory, want %d", r.idle, want)
			}
			r.full()
			r.inMemory(test.memory)
		})
	}
}

// To open by name admits nothing else, also where the pass looks at more.
func TestOpenByNameInAWiderPass(t *testing.T) {
	widen := map[string]func(r *rig){
		"another root": func(r *rig) {
			r.tree.rename("a.b", "b.b")
			root := r.tree.away("")
			r.tree.folder("")
			r.tree.back("a.b", root.entries["b.b"])
			r.tree.back("c.d", root.entries["c.d"])
		},
		"root that was unreadable": func(r *rig) {
			r.tree.failing(listRoot, "", errIO)
			r.full()
			r.tree.faults.of = nil
		},
		"folder that was unlistable": func(r *rig) {
			r.tree.failing(listFolder, "a.b", errIO)
			r.full()
			r.tree.faults.of = nil
		},
	}
	for name, edit := range widen {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.tree.folder("a.b")
			r.tree.write("c.d/9", "valid 9")
			r.full()
			for _, path := range []string{"a.b/1", "a.b/2", "c.d/1"} {
				r.tree.write(path, "valid")
			}
			r.tree.write("a.b/3", "wrong")
			edit(r)
			r.open(one)
			r.inMemory(keys{one: "valid", "c.d/9": "valid 9"})
			r.tree.write("a.b/3", "valid")
			r.full()
			r.inMemory(keys{one: "valid", "c.d/9": "valid 9"})
		})
	}
}

// TestOpenLeavesNoRight opens what cannot be judged: when it can be, after the
// answer was given, it is not admitted.
func TestOpenLeavesNoRight(t *testing.T) {
	tests := []struct {
		name     string
		before   func(r *rig)
		then     func(r *rig)
		admitted bool
	}{
		{
			"unreadable", // that is the answer
			func(r *rig) { r.tree.lock("a.b/1", true) },
			func(r *rig) { r.tree.lock("a.b/1", false) },
			false,
		},
		{
			"unlistable folder",
			func(r *rig) { r.tree.lock("a.b", true) },
			func(r *rig) { r.tree.lock("a.b", false) },
			false,
		},
		{
			"unlistable root",
			func(r *rig) { r.tree.lock("", true) },
			func(r *rig) { r.tree.lock("", false) },
			false,
		},
		{
			"in motion", // the answer waits for it
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) { r.clock.pass(settle / 2); r.tree.write("a.b/1", "valid") },
			true,
		},
		{
			"in motion, absent for a moment",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.clock.pass(settle / 2)
				r.tree.remove("a.b/1")
				r.full()
				r.clock.pass(settle / 2)
				r.tree.write("a.b/1", "valid")
			},
			true,
		},
		{
			"in motion for longer than the answer waits",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				for range 11 {
					r.tree.touch("a.b/1", 0)
					r.full()
					r.clock.pass(settle)
				}
				r.tree.write("a.b/1", "valid")
			},
			false,
		},
		{
			"in motion, then unreadable",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.tree.lock("a.b/1", true)
				r.full()
				r.tree.lock("a.b/1", false)
				r.tree.write("a.b/1", "valid")
			},
			false,
		},
		{
			"in motion, then its folder unreadable",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.tree.lock("a.b", true)
				r.full()
				r.tree.lock("a.b", false)
				r.tree.write("a.b/1", "valid")
			},
			false,
		},
		{
			"invalid", // that is the answer
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) { r.rest(); r.tree.write("a.b/1", "valid") },
			false,
		},
	}
	for _, test := range tests {
		for name, open := range map[string][]session.Key{"by name": {one}, "all": nil} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				r := started(t, "c.d/1", "valid")
				r.tree.write("a.b/1", "valid")
				test.before(r)
				r.open(open...)
				test.then(r)
				r.full()
				if _, admitted := r.sessions[one]; admitted != test.admitted {
					t.Errorf("admitted: %t, want %t", admitted, test.admitted)
				}
			})
		}
	}
}

// With follow every pass admits.
func TestFollow(t *testing.T) {
	r := newRigWith(t, refresh.Config{Follow: true}, "a.b/1", "valid 1")
	r.full()
	r.tree.write("a.b/2", "valid 2")
	r.tree.write("c.d/1", "wrong")
	counts(t, r.look(two), session.Counts{Checked: 1, Admitted: 1})
	r.tree.write("a.b/1", "wrong 1")
	r.full()
	r.rest()
	r.inMemory(keys{two: "valid 2"})
	r.tree.write("a.b/1", "valid 1")
	r.tree.write("c.d/1", "valid")
	counts(t, r.full(), session.Counts{Checked: 3, Unchanged: 1, Admitted: 2})
	r.inMemory(keys{one: "valid 1", two: "valid 2", other: "valid"})
}

package refresh_test

import (
	"testing"

	"sessiond/internal/session"
)

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
		{"one that is not there", []session.Key{keyOf("a.b/9"), keyOf("e.f/9")}, session.Counts{}, nil},
		{"several", []session.Key{one, other}, session.Counts{Checked: 2, Admitted: 2}, keys{one: "valid 1", other: "valid"}},
		{"a folder", []session.Key{keyOf("a.b/")}, session.Counts{Checked: 3, Admitted: 2, Rejected: 1}, keys{one: "valid 1", three: "valid 3"}},
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
			r.inMemory(keys{one: "valid", keyOf("c.d/9"): "valid 9"})
			r.tree.write("a.b/3", "valid")
			r.full()
			r.inMemory(keys{one: "valid", keyOf("c.d/9"): "valid 9"})
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

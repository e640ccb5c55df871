package refresh_test

import (
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

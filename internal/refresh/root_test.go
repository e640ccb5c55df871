package refresh_test

import (
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// otherDevice is the error about a key that is on another device than before.
func otherDevice(key session.Key) string {
	return session.NewFileProblem(key, session.ErrOtherMount).String()
}

// What cannot be listed is one entry that stands for everything beneath,
// whatever was wrong with that (refresh contract, section 5).
func TestOneEntryForEverythingBeneath(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "wrong 2", "a.b/3", "valid 3", "c.d/1", "wrong 1")
	r.rest()
	r.tree.lock("a.b/1", true)
	r.tree.write("a.b/3", "wrong 3")
	r.full()
	r.unsettledAre(keys{one: session.ReasonUnreadable, three: session.ReasonInMotion})

	r.tree.lock("a.b", true)
	report := r.full()
	counts(t, report, session.Counts{Checked: 1, Rejected: 1})
	r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
	// What was a verdict still is one; why a file could not be read is not
	// known any more.
	r.wrong(keys{
		keyOf("a.b/"): "permission denied (errno 13): the app folder cannot be read",
		two:           "mobi 3: The json file does not validate the json schema: wrong 2",
		other:         "mobi 3: The json file does not validate the json schema: wrong 1",
	})
	diff(t, "errors", []session.Problem{
		*session.NewFileProblem(keyOf("a.b/"), syscall.EACCES),
		*session.NewProblem(other, session.CodeSchema, "wrong 1"),
	}, report.Errors)

	r.tree.lock("", true)
	report = r.full()
	counts(t, report, session.Counts{})
	r.unsettledAre(keys{session.Key{}: session.ReasonUnreadable})
	diff(t, "errors", []session.Problem{*session.NewFileProblem(session.Key{}, syscall.EACCES)}, report.Errors)
	r.inMemory(keys{one: "valid 1", three: "valid 3"})

	r.tree.lock("", false)
	r.tree.lock("a.b", false)
	r.tree.lock("a.b/1", false)
	counts(t, r.refresh(), session.Counts{Checked: 4, Unchanged: 1, Rejected: 3, Removed: 1})
	r.inMemory(keys{one: "valid 1"})
	r.unsettledAre(nil)
}

// A look at one file of a folder that could not be listed is a look at the
// folder: it stands for the file.
func TestFileOfAnUnreadableFolder(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
	r.tree.failing(listFolder, "a.b", errIO)
	r.full()
	report := r.look(one)
	r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
	counts(t, report, session.Counts{})

	r.tree.faults.of = nil
	r.tree.write("a.b/2", "valid 3")
	r.look(one)
	r.inMemory(keys{one: "valid 1", two: "valid 3"})
}

// TestOtherDevice puts another device in the place of what is in memory.
func TestOtherDevice(t *testing.T) {
	for path, stands := range map[string]session.Key{"": {}, "a.b": keyOf("a.b/")} {
		files := []string{"a.b/1", "valid 1", "a.b/2", "wrong 2"}
		t.Run("kept until it is as before, "+stands.String(), func(t *testing.T) {
			r := started(t, files...)
			r.rest()
			r.tree.mount(path, 2)
			r.tree.write("a.b/3", "valid 3")
			for range 3 {
				r.full()
				r.look(one)
				r.open()
				r.clock.pass(rested)
			}
			r.inMemory(keys{one: "valid 1"})
			r.unsettledAre(keys{stands: session.ReasonUnreadable})
			r.wrong(keys{
				stands: otherDevice(stands),
				two:    "mobi 3: The json file does not validate the json schema: wrong 2",
			})
			r.tree.unmount(path)
			r.retryUntil(stands)
			counts(t, r.full(), session.Counts{Checked: 2, Unchanged: 1, Rejected: 1})
			r.unsettledAre(nil)
		})
		t.Run("taken while nothing is in memory, "+stands.String(), func(t *testing.T) {
			r := started(t, "a.b/2", "wrong 2")
			r.rest()
			r.tree.mount(path, 2)
			r.tree.write("a.b/3", "valid 3")
			r.open()
			r.rest()
			r.inMemory(keys{three: "valid 3"})
			r.wrong(nil)

			// It is the device of what is in memory now.
			r.tree.unmount(path)
			r.full()
			r.inMemory(keys{three: "valid 3"})
			r.wrong(keys{stands: otherDevice(stands)})
		})
		t.Run("taken after an absence that counted, "+stands.String(), func(t *testing.T) {
			r := started(t, files...)
			r.rest()
			r.tree.remove(path)
			r.refresh()
			r.inMemory(nil)
			r.tree.folder(path)
			r.tree.mount(path, 2)
			r.tree.write("a.b/3", "valid 3")
			counts(t, r.open(), session.Counts{Checked: 1, Admitted: 1})
			r.wrong(nil)
		})
		t.Run("kept after an absence that did not count, "+stands.String(), func(t *testing.T) {
			r := started(t, files...)
			r.rest()
			gone := r.tree.away(path)
			r.full()
			r.clock.pass(settle / 2)
			r.tree.folder(path)
			r.tree.mount(path, 2)
			r.full()
			r.clock.pass(rested)
			r.full()
			r.inMemory(keys{one: "valid 1"})
			r.unsettledAre(keys{stands: session.ReasonUnreadable})
			r.tree.unmount(path)
			r.tree.back(path, gone)
			r.full()
			r.rest()
			counts(t, r.full(), session.Counts{Checked: 2, Unchanged: 1, Rejected: 1})
		})
	}
}

// A folder that was on a device of its own and is gone with it.
func TestRootWithoutItsDevice(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "c.d/1", "valid")
	r.tree.mount("", 2)
	r.full()
	r.tree.unmount("")
	r.tree.remove("")
	r.refresh()
	r.inMemory(nil)
	r.wrong(nil)
	r.unsettledAre(nil)
}

// retryUntil runs the looks that are due until there was one at a key.
func (r *rig) retryUntil(key session.Key) {
	r.t.Helper()
	for range 20 {
		if _, waits := r.unsettled[key]; !waits {
			return
		}
		r.retry()
	}
	r.t.Fatalf("%q is never looked at again", key)
}

// A root that is another than at the last pass is looked at as a whole,
// whatever was asked for (refresh contract, section 6).
func TestAnotherRoot(t *testing.T) {
	tests := map[string]func(r *rig){
		"replaced": func(r *rig) {
			r.tree.rename("", "old")
			r.tree.write("a.b/1", "valid 1")
			r.tree.write("a.b/2", "valid 9")
		},
		"gone": func(r *rig) {
			r.tree.remove("")
		},
		"back after a look": func(r *rig) {
			old := r.tree.away("")
			r.look(one)
			r.tree.back("", old)
			r.tree.write("a.b/2", "valid 9")
		},
		"readable again": func(r *rig) {
			r.tree.lock("", true)
			r.look(one)
			r.tree.lock("", false)
			r.tree.write("a.b/2", "valid 9")
		},
		"listable again": func(r *rig) {
			r.tree.failing(listRoot, "", errIO)
			r.full()
			r.tree.faults.of = nil
			r.tree.write("a.b/2", "valid 9")
		},
	}
	for name, edit := range tests {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2", "a.b/3", "valid 3")
			edit(r)
			if report := r.look(one); report.Scope != session.ScopeFull {
				t.Fatalf("scope %q, want a full one", report.Scope)
			}
			r.rest()
			want := keys{}
			for _, path := range r.tree.files() {
				want[keyOf(path)] = string(r.tree.at(path).data)
			}
			r.inMemory(want)
			r.clock.pass(rested)
			if report := r.look(one); report.Scope != session.ScopeFiles {
				t.Errorf("scope %q at the second look", report.Scope)
			}
		})
	}
}

// A look at some keys looks at nothing else.
func TestScope(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2", "c.d/1", "valid")
	for _, path := range r.tree.files() {
		r.tree.write(path, "valid 9")
	}
	report := r.look(two)
	counts(t, report, session.Counts{Checked: 1, Updated: 1})
	if report.Scope != session.ScopeFiles {
		t.Errorf("scope %q", report.Scope)
	}
	r.inMemory(keys{one: "valid 1", two: "valid 9", other: "valid"})
	counts(t, r.look(keyOf("a.b/"), keyOf("a.b/1")), session.Counts{Checked: 2, Updated: 1, Unchanged: 1})
	counts(t, r.look(), session.Counts{})
	report = r.look(session.Key{})
	counts(t, report, session.Counts{Checked: 3, Updated: 1, Unchanged: 2})
	if report.Scope != session.ScopeFull {
		t.Errorf("scope %q of the root", report.Scope)
	}
}

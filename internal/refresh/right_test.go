package refresh_test

import (
	"io/fs"
	"testing"
	"time"
)

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
			"invalid, opened, and never at rest until long after the answer",
			func(r *rig) { r.tree.write("a.b/1", "vali") },
			func(r *rig) {
				r.open(one)
				for range 15 {
					r.tree.touch("a.b/1", 0)
					r.full()
					r.clock.pass(settle)
				}
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
			func(r *rig) { r.tree.goneBefore(readFile, "a.b/1") },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"removed while it is read",
			func(r *rig) { r.tree.goneBefore(readFile, "a.b/1") },
			func(r *rig) { r.tree.faults.of = nil; r.rest() },
			false,
		},
		{
			"removed after it was listed, and recreated",
			func(r *rig) { r.tree.goneBefore(statFile, "a.b/1") },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"removed after it was listed",
			func(r *rig) { r.tree.goneBefore(statFile, "a.b/1") },
			func(r *rig) { r.tree.faults.of = nil; r.rest() },
			false,
		},
		{
			"its folder gone after it was listed, and back",
			func(r *rig) { r.tree.goneBefore(openFolder, "a.b") },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"its folder gone before its files were listed, and back",
			func(r *rig) { r.tree.goneBefore(listFolder, "a.b") },
			func(r *rig) { r.tree.faults.of = nil; r.clock.pass(settle / 2) },
			true,
		},
		{
			"its folder gone after it was listed",
			func(r *rig) { r.tree.goneBefore(openFolder, "a.b") },
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

// goneBefore removes a file or a folder at a call about it.
func (t *tree) goneBefore(when call, path string) {
	t.faults.of = func(c call, at string) error {
		if c != when || at != path || t.at(path) == nil {
			return nil
		}
		t.bury(t.take(path))
		return fs.ErrNotExist
	}
}

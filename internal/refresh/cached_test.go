package refresh_test

import (
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Where the kernel remembers that a name was not there, a listing that has it is right:
// the file is in motion for as long as the two do not agree, and not deleted.
func TestListedAndNotThere(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
	r.tree.on.Caches = true
	r.tree.failing(statFile, "a.b/1", syscall.ENOENT)
	r.full()
	for range 20 {
		r.unsettledAre(keys{one: session.ReasonInMotion})
		r.retry()
	}
	r.tree.faults.of = nil
	r.rest()
	r.inMemory(keys{one: "valid 1", two: "valid 2"})

	// Deleted is what no listing has any more.
	r.tree.remove("a.b/1")
	r.full()
	r.rest()
	r.inMemory(keys{two: "valid 2"})
}

// What stands under a name and is no file is not there, whatever a listing calls it.
func TestListedAndNoFile(t *testing.T) {
	r := started(t, "a.b/1", "valid 1")
	r.tree.on.Caches = true
	r.tree.failing(statFile, "a.b/1", fs.ErrNotExist) // an error that is no errno
	removed := 0
	for range 3 {
		removed += r.memory.Pass(refresh.Request{Trigger: session.TriggerSignal, Full: true}).Report.Removed
		r.clock.pass(settle)
	}
	diff(t, "removed", 1, removed)
}

// Where nothing makes the kernel ask a server, files settle for longer than it
// remembers, and whoever runs the passes can tell.
func TestSlowToSettle(t *testing.T) {
	const slow = 3 * time.Second
	for _, on := range []mobileapps.FileSystem{{}, {Name: "NFS", Caches: true, Stale: slow}, {Name: "SMB", Caches: true, Stale: settle / 2}} {
		want, tells := settle, refresh.SlowFileSystem{}
		if on.Stale > settle {
			want, tells = slow, refresh.SlowFileSystem{Name: "NFS", Settle: slow}
		}
		for name, edit := range map[string]func(*rig){
			"invalid": func(r *rig) { r.tree.write("a.b/1", "wrong") },
			"deleted": func(r *rig) { r.tree.remove("a.b/1") },
			"folder":  func(r *rig) { r.tree.remove("a.b") },
		} {
			t.Run(on.Name+" "+name, func(t *testing.T) {
				r := newRig(t, "a.b/1", "valid 1", "c.d/1", "valid 2")
				r.tree.on = on
				r.full()
				diff(t, "slow to settle", tells, r.memory.SlowToSettle())
				edit(r)
				r.full()
				since := r.clock.read().Mono
				r.rest()
				diff(t, "time to settle", want, r.clock.read().Mono-since)
				r.inMemory(keys{keyOf("c.d/1"): "valid 2"})
				r.tree.on = mobileapps.FileSystem{}
				r.full()
				diff(t, "slow to settle, on a local disk", refresh.SlowFileSystem{}, r.memory.SlowToSettle())
			})
		}
	}
}

// A check waits until files can settle.
func TestCheckOfSlowFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := newTree(refresh.SystemClock(), fineTick)
		tree.on = mobileapps.FileSystem{Name: "NFS", Caches: true, Stale: 3500 * time.Millisecond}
		tree.write("a.b/1", "wrong")
		checked, err := refresh.Check(t.Context(), refresh.Config{Tree: tree, Judge: judge{}, Settle: settle})
		if err != nil {
			t.Fatal(err)
		}
		counts(t, checked.Report, session.Counts{Checked: 1, Rejected: 1})
	})
}

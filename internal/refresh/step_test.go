package refresh_test

import (
	"io/fs"
	"syscall"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// A file that was listed and is gone when it is looked at is being saved: a
// request to open it holds until it is back.
func TestGoneBetweenListingAndLook(t *testing.T) {
	r := started(t, "a.b/1", "wrong")
	r.rest()
	r.clock.pass(rested)
	r.full() // its signature is believed from now on
	r.tree.faults.of = func(c call, path string) error {
		if c == statFile && r.tree.take(path) != nil {
			return fs.ErrNotExist
		}
		return nil
	}
	r.open()
	r.tree.faults.of = nil
	r.tree.write("a.b/1", "valid")
	r.retry()
	r.inMemory(keys{one: "valid"})
}

// That one file vanished while the folder was listed must not hide that another
// is not there.
func TestGoneBesideOneThatIsAbsent(t *testing.T) {
	r := started(t, "a.b/1", "valid")
	r.tree.write("a.b/2", "valid")
	r.full()
	r.tree.remove("a.b/1")
	r.tree.failing(statFile, "a.b/2", fs.ErrNotExist)
	r.full()
	r.unsettledAre(keys{one: session.ReasonInMotion})
	r.inMemory(keys{one: "valid"})
}

// Without the right to search a folder nothing can be said about any file in it,
// although it can be listed.
func TestFolderThatMayNotBeSearched(t *testing.T) {
	for _, c := range []call{statFile, readFile} {
		for name, look := range map[string]func(*rig){
			"all":       func(r *rig) { r.full() },
			"one":       func(r *rig) { r.look(one) },
			"the other": func(r *rig) { r.look(keyOf("a.b/2")) },
		} {
			t.Run(string(c)+", "+name, func(t *testing.T) {
				r := started(t, "a.b/1", "valid", "a.b/2", "valid", "c.d/1", "valid")
				r.tree.write("a.b/1", "valid, edited")
				r.tree.write("a.b/2", "valid, edited")
				r.tree.failing(c, "*", mobileapps.FolderError{Err: syscall.EACCES})
				r.tree.faults.of = only("a.b/", r.tree.faults.of)
				look(r)
				r.unsettledAre(keys{keyOf("a.b/"): session.ReasonUnreadable})
				r.inMemory(keys{one: "valid", keyOf("a.b/2"): "valid", keyOf("c.d/1"): "valid"})

				r.tree.faults.of = nil
				r.retry()
				r.unsettledAre(nil)
				r.inMemory(keys{one: "valid, edited", keyOf("a.b/2"): "valid, edited", keyOf("c.d/1"): "valid"})
			})
		}
	}
}

// only makes calls about files of one folder fail.
func only(folder string, fault func(call, string) error) func(call, string) error {
	return func(c call, path string) error {
		if len(path) > len(folder) && path[:len(folder)] == folder {
			return fault(c, path)
		}
		return nil
	}
}

package watcher

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRoot does to the root what no event tells, or not reliably: the timer has
// to find it. Afterwards events must come again, from the tree that is there.
func TestRoot(t *testing.T) {
	tests := map[string]func(t *testing.T, root string) (undo func()){
		"removed and made again": func(t *testing.T, root string) func() {
			removeAll(t, root)
			return func() { mkdir(t, root, "a.one") }
		},
		"renamed and back": func(t *testing.T, root string) func() {
			rename(t, root, root+".old")
			return func() { rename(t, root+".old", root) }
		},
		"renamed and replaced": func(t *testing.T, root string) func() {
			rename(t, root, root+".old")
			return func() { mkdir(t, root, "a.one"); mkdir(t, root, "c.three") }
		},
		"its parent renamed and back": func(t *testing.T, root string) func() {
			parent := filepath.Dir(root)
			rename(t, parent, parent+".old")
			return func() { rename(t, parent+".old", parent) }
		},
		"its parent renamed and replaced": func(t *testing.T, root string) func() {
			parent := filepath.Dir(root)
			rename(t, parent, parent+".old")
			return func() { mkdir(t, root, "b.two") }
		},
		"a file in its place": func(t *testing.T, root string) func() {
			removeAll(t, root)
			write(t, "no folder", root)
			return func() { removeAll(t, root); mkdir(t, root, "a.one") }
		},
		"a link in its place": func(t *testing.T, root string) func() {
			rename(t, root, root+".old")
			return func() { must(t, os.Symlink(root+".old", root)) }
		},
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "parent", "root")
			mkdir(t, root, "a.one")
			mkdir(t, root, "b.two")
			write(t, "1", root, "a.one", "file")
			l := newLive(t, root, Auto, often).start()
			l.settleWatched()

			undo := do(t, root)
			l.settle()
			l.hasWatches(0)
			if got := l.State(); got.Degraded || got.Mode != Events {
				t.Errorf("state %+v without a root; a missing root is not degraded", got)
			}
			undo()
			l.settleWatched()
			for folder := range l.onDisk() {
				write(t, "2", root, folder, "written")
			}
			l.settleWatched()
		})
	}
}

// TestRootReplacedAtOnce leaves no moment without a root.
func TestRootReplacedAtOnce(t *testing.T) {
	tests := map[string]func(t *testing.T, root, other string){
		"another folder": func(t *testing.T, root, other string) {
			rename(t, root, root+".old")
			rename(t, other, root)
		},
		"its link leads elsewhere": func(t *testing.T, root, other string) {
			must(t, os.Symlink(other, root+".new"))
			must(t, os.Remove(root))
			rename(t, root+".new", root)
		},
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			root, other := filepath.Join(dir, "root"), filepath.Join(dir, "other")
			mkdir(t, dir, "target", "a.one")
			mkdir(t, other, "a.one")
			mkdir(t, other, "b.two")
			if name == "another folder" {
				rename(t, filepath.Join(dir, "target"), root)
			} else {
				must(t, os.Symlink(filepath.Join(dir, "target"), root))
			}
			l := newLive(t, root, Auto, often).start()
			write(t, "1", root, "a.one", "file")
			l.settleWatched()

			do(t, root, other)
			l.settleWatched()
			write(t, "2", root, "a.one", "file")
			write(t, "2", root, "b.two", "file")
			l.settleWatched()
		})
	}
}

// TestRootAppears begins without a root.
func TestRootAppears(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	l := newLive(t, root, Auto, often).start()
	l.hasWatches(0)
	l.forgetChanges()
	mkdir(t, root, "a.one")
	l.settleWatched()
	if got := l.gotChanges(); !got.All {
		t.Errorf("change %+v, want everything because of the root", got)
	}
}

// TestRootAtRest has the timer tick over a tree where nothing happens.
func TestRootAtRest(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never).start()
	l.settleWatched()
	l.forgetChanges()
	for range 3 {
		l.tick()
	}
	write(t, "1", root, "a.one", "last")
	l.settleWatched()
	if got := l.gotChanges(); got.All || len(got.Folders) > 0 {
		t.Errorf("change %+v without a change", got)
	}
}

// TestRelativeRoot has fsnotify report names in more than one form.
func TestRelativeRoot(t *testing.T) {
	t.Chdir(t.TempDir())
	l := newLive(t, ".", Auto, never).start()
	mkdir(t, "a.one")
	l.settleWatched()
	write(t, "1", "a.one", "file")
	l.settleWatched()
}

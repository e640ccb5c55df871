package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The timer of these tests never ticks: only events can make them pass.

func TestEvents(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	write(t, "1", root, "a.one", "kept")
	l := newLive(t, root, Auto, never).start()
	steps := []struct {
		name string
		do   func()
	}{
		{"rewritten", func() { write(t, "2", root, "a.one", "kept") }},
		{"created", func() { write(t, "3", root, "a.one", "new") }},
		{"renamed", func() { rename(t, filepath.Join(root, "a.one", "new"), filepath.Join(root, "a.one", "newer")) }},
		{"deleted", func() { must(t, os.Remove(filepath.Join(root, "a.one", "newer"))) }},
		{"renamed into place", func() {
			write(t, "4", root, "a.one", "tmp.tmp")
			rename(t, filepath.Join(root, "a.one", "tmp.tmp"), filepath.Join(root, "a.one", "kept"))
		}},
		{"new folder with a file at once", func() {
			mkdir(t, root, "b.two")
			write(t, "5", root, "b.two", "first")
		}},
		{"written in the new folder", func() { write(t, "6", root, "b.two", "second") }},
		{"folder moved in", func() {
			outside := filepath.Join(t.TempDir(), "outside")
			mkdir(t, outside)
			write(t, "7", outside, "file")
			rename(t, outside, filepath.Join(root, "c.three"))
		}},
		{"written in the folder that was moved in", func() { write(t, "8", root, "c.three", "file") }},
		{"folder moved out", func() { rename(t, filepath.Join(root, "c.three"), filepath.Join(t.TempDir(), "out")) }},
		{"folder deleted", func() { removeAll(t, root, "b.two") }},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.do()
			l.settleWatched()
		})
	}
	if got := l.State(); got.Mode != Events || got.Degraded || got.Overflows != 0 {
		t.Errorf("state %+v, want events, not degraded, no overflow", got)
	}
}

func TestNoInterest(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	write(t, "1", root, "a.one", "session")
	write(t, "1", root, "key.mobileapp")
	l := newLive(t, root, Auto, never).start()
	l.forgetChanges()

	must(t, os.Chmod(filepath.Join(root, "a.one", "session"), 0o640))
	must(t, os.Chmod(filepath.Join(root, "a.one"), 0o750))
	must(t, os.Chmod(root, 0o750))
	write(t, "2", root, "a.one", "manifest.json")
	write(t, "2", root, "plain")
	write(t, "2", root, "key.mobileapp")
	mkdir(t, root, ".hidden")
	// Events come in order: once this one was handed on, the others were noted.
	write(t, "2", root, "a.one", "last")
	l.settleWatched()

	want := oneFile("a.one", "last")
	if diff := cmp.Diff(want, l.gotChanges()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestFoldersComeAndGo does to app folders what takes their watches away or
// leads them astray. After each round a write in every folder must be seen.
func TestFoldersComeAndGo(t *testing.T) {
	root := t.TempDir()
	a, b, aside := filepath.Join(root, "a.one"), filepath.Join(root, "b.two"), filepath.Join(root, "aside")
	mkdir(t, a)
	mkdir(t, b)
	l := newLive(t, root, Auto, never).start()
	rounds := []struct {
		name string
		do   func()
	}{
		{"renamed", func() { removeAll(t, b); rename(t, a, b) }},
		{"renamed and back", func() { rename(t, a, aside); rename(t, aside, a) }},
		{"renamed and made", func() { removeAll(t, b); rename(t, a, b); mkdir(t, a); write(t, "at once", a, "file") }},
		{"made again", func() { removeAll(t, a); mkdir(t, a); write(t, "at once", a, "file") }},
		{"made again twice", func() { removeAll(t, a); mkdir(t, a); removeAll(t, a); mkdir(t, a) }},
		{"swapped", func() { rename(t, a, aside); rename(t, b, a); rename(t, aside, b) }},
		{"swapped twice", func() {
			for range 2 {
				rename(t, a, aside)
				rename(t, b, a)
				rename(t, aside, b)
			}
		}},
		{"moved and deleted", func() { rename(t, b, aside); removeAll(t, aside); mkdir(t, b) }},
	}
	for i := range 64 {
		mkdir(t, a)
		mkdir(t, b)
		l.settle()
		round := rounds[i%len(rounds)]
		round.do()
		l.settle()
		for folder := range l.onDisk() {
			write(t, fmt.Sprintf("%s %d", round.name, i), root, folder, "written")
		}
		l.settleWatched()
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(root, "a.link")); err != nil {
		t.Fatalf("cannot make a link: %v", err)
	}
	l := newLive(t, root, Auto, never).start()
	l.Renew("a.link")
	l.Verify()
	l.hasWatches(1)

	// The link becomes a folder, and a folder a link.
	must(t, os.Remove(filepath.Join(root, "a.link")))
	mkdir(t, root, "a.link")
	l.settleWatched()
	removeAll(t, root, "a.link")
	must(t, os.Symlink(outside, filepath.Join(root, "a.link")))
	l.settle()
	l.hasWatches(1)
}

func TestRunEndsAllWatches(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never).start()
	l.settleWatched()
	l.stop()
	l.hasWatches(0)
	l.Renew("a.one")
	l.Forget("a.one")
	l.Verify()
	l.hasWatches(0)
}

// TestRenewBeforeRun sets watches first, as a pass may that is quicker than Run.
func TestRenewBeforeRun(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never)
	l.Renew("")
	l.Renew("a.one")
	l.Verify()
	l.hasWatches(2)
	write(t, "1", root, "a.one", "early")
	waitFor(t, func() bool { return l.State().Gathering }, func() string { return "the event was not noted" })
	l.start()
	l.settleWatched()
}

package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// held returns a Watcher with watches on the root and on a.one, whose events are
// held back: fsnotify itself has not read them yet. That is the moment in which
// watches go astray.
func held(t *testing.T) (l *live, root string, open func()) {
	t.Helper()
	root = t.TempDir()
	mkdir(t, root, "a.one")
	l = newLive(t, root, Auto, never)
	held := newGate()
	l.open = func() (*source, error) {
		src, err := openSource(l.root)
		if err != nil {
			return nil, err
		}
		return held.hold(src), nil
	}
	t.Cleanup(func() {
		held.open()
		l.end()
	})
	l.Renew("")
	l.Renew("a.one")
	l.Verify()
	l.hasWatches(2)
	// fsnotify reads this event, cannot pass it on and reads no other.
	write(t, "1", root, "a.one", "first")
	return l, root, held.open
}

// TestWatchedUnderFormerName renames a folder whose watch then answers for the
// new name, until the event is read that ends it.
func TestWatchedUnderFormerName(t *testing.T) {
	l, root, open := held(t)
	rename(t, filepath.Join(root, "a.one"), filepath.Join(root, "b.two"))
	l.Renew("b.two")
	if again := l.repair(false); !again.Empty() {
		// Which it is depends on the operating system.
		if diff := cmp.Diff(wholeFolder("b.two"), again); diff != "" {
			t.Errorf("change (-want +got):\n%s", diff)
		}
	}
	open()
	l.start()
	l.settleWatched()
	write(t, "2", root, "b.two", "file")
	l.settleWatched()
}

// TestReplacedFolderLeavesNoWatch replaces a folder before its events are read.
func TestReplacedFolderLeavesNoWatch(t *testing.T) {
	l, root, open := held(t)
	rename(t, filepath.Join(root, "a.one"), filepath.Join(t.TempDir(), "aside"))
	mkdir(t, root, "a.one")
	l.Renew("a.one")
	if diff := cmp.Diff(wholeFolder("a.one"), l.gotChanges()); diff != "" {
		t.Errorf("change of a change that no event has told of (-want +got):\n%s", diff)
	}
	l.Verify()
	l.hasWatches(2)
	open()
	l.start()
	l.settleWatched()
}

// TestMovedAndDeleted has fsnotify fail to take away a watch that is gone.
func TestMovedAndDeleted(t *testing.T) {
	l, root, open := held(t)
	rename(t, filepath.Join(root, "a.one"), filepath.Join(root, "b.two"))
	removeAll(t, root, "b.two")
	open()
	l.start()
	l.settle()
	l.hasWatches(1)
	if got := l.State(); got.Degraded {
		t.Errorf("state %+v, want not degraded", got)
	}
}

// TestVerifyIsFree asks fsnotify for its list only where a watch was set.
func TestVerifyIsFree(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never)
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()
	before := notifier.lists.Load()
	for range 10 {
		write(t, "1", root, "a.one", "file")
		l.Renew("")
		l.Renew("a.one")
		l.Verify()
	}
	l.settle()
	if lists := notifier.lists.Load() - before; lists != 0 {
		t.Errorf("asked for the list %d times although no watch was set", lists)
	}
}

// TestFolderThatStaysUnwatched is one whose watch is never there although it was
// set, as with a folder that is mounted in two places: no busy loop, but a look
// at each tick.
func TestFolderThatStaysUnwatched(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never)
	notifier := useFaulty(l.Watcher)
	notifier.hidden = func(path string) bool { return filepath.Base(path) == "a.one" }
	l.start()
	again := func() Change {
		l.Renew("a.one")
		return l.repair(false)
	}
	l.settle()
	rounds := 0
	for !again().Empty() {
		if rounds++; rounds > 100 {
			t.Fatal("the folder is named again without end")
		}
	}
	for range 3 {
		if diff := cmp.Diff(wholeFolder("a.one"), l.repair(true)); diff != "" {
			t.Errorf("change at a tick (-want +got):\n%s", diff)
		}
		if change := again(); !change.Empty() {
			t.Errorf("change %+v between two ticks, want none", change)
		}
	}
	notifier.mu.Lock()
	notifier.hidden = nil
	notifier.mu.Unlock()
	l.tick()
	l.settleWatched()
}

// TestWatchVanishedInSilence is what an unmount does.
func TestWatchVanishedInSilence(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never).start()
	l.settleWatched()
	l.ops.Lock()
	must(t, l.watches.src.Remove(filepath.Join(root, "a.one")))
	l.ops.Unlock()
	l.forgetChanges()
	l.tick()
	l.settleWatched()
	if diff := cmp.Diff(wholeFolder("a.one"), l.gotChanges()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestReplacedWhileAdding has another folder, or a link, come between the look at
// a folder and its watch.
func TestReplacedWhileAdding(t *testing.T) {
	tests := map[string]struct {
		replace func(t *testing.T, path string)
		watches int
	}{
		"by a folder": {func(t *testing.T, path string) { mkdir(t, path) }, 2},
		"by a link": {func(t *testing.T, path string) {
			must(t, os.Symlink(t.TempDir(), path))
		}, 1},
	}
	for name, test := range tests {
		for _, before := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s before it is added %t", name, before), func(t *testing.T) {
				root := filepath.Join(t.TempDir(), "root")
				path := filepath.Join(root, "a.one")
				mkdir(t, path)
				l := newLive(t, root, Auto, never)
				notifier := useFaulty(l.Watcher)
				l.Renew("")
				replace := sync.OnceFunc(func() {
					rename(t, path, filepath.Join(t.TempDir(), "aside"))
					test.replace(t, path)
				})
				notifier.adding = func(add func() error) error {
					if before {
						replace()
					}
					err := add()
					replace()
					return err
				}
				l.Renew("a.one")
				if f := l.watches.wanted["a.one"]; f.identity != nil && !same(f.identity, f.look()) {
					t.Error("the watch is on another folder than the one there")
				}
				l.Verify()
				l.hasWatches(test.watches)
				notifier.adding = nil
				l.start()
				l.settle()
				write(t, "1", path, "file")
				l.settle()
				l.hasWatches(test.watches)
			})
		}
	}
}

// TestVanishedUnseen deletes a folder of which no pass knows but that it is
// watched.
func TestVanishedUnseen(t *testing.T) {
	l, root, _ := held(t)
	removeAll(t, root, "a.one")
	l.note(fsnotify.Event{Name: filepath.Join(root, "a.one"), Op: fsnotify.Remove})
	if diff := cmp.Diff(wholeFolder("a.one"), l.repair(false)); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
	l.hasWatches(1)
	if len(l.watches.wanted) != 1 {
		t.Errorf("%d folders are wanted, want the root alone", len(l.watches.wanted))
	}
}

// TestNothingIsWatchedWithoutRoot gives up the watches beneath a root that went
// elsewhere.
func TestNothingIsWatchedWithoutRoot(t *testing.T) {
	l, root, _ := held(t)
	rename(t, root, root+".old")
	l.Renew("")
	l.hasWatches(0)
	rename(t, root+".old", root)
	l.Renew("")
	l.hasWatches(1)
	if diff := cmp.Diff(wholeFolder("a.one"), l.repair(false)); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
	l.hasWatches(2)
}

// TestForgottenFoldersAreForgotten keeps nothing of folders that are gone.
func TestForgottenFoldersAreForgotten(t *testing.T) {
	root := t.TempDir()
	l := newLive(t, root, Auto, never).start()
	for range 20 {
		mkdir(t, root, "a.one")
		l.settleWatched()
		removeAll(t, root, "a.one")
		l.settle()
	}
	l.stop()
	if len(l.watches.wanted) != 1 || len(l.watches.unverified) != 0 {
		t.Errorf("%d folders are wanted and %d unverified, want the root alone and none",
			len(l.watches.wanted), len(l.watches.unverified))
	}
}

// TestTimerListsOnceATurn has the timer verify more folders than it does at a time:
// fsnotify's list, which is as long as there are folders, is asked for at the
// beginning of a turn alone, and a watch that ended silently is found then.
func TestTimerListsOnceATurn(t *testing.T) {
	const turn = 4 // ticks
	root := t.TempDir()
	for i := range (turn-1)*verifiedAtOnce + 1 {
		mkdir(t, root, fmt.Sprintf("a.n%d", i))
	}
	l := newLive(t, root, Auto, never)
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()
	tick := func() {
		t.Helper()
		if change := l.repair(true); !change.Empty() {
			t.Errorf("change %+v of a tick, want none", change)
		}
	}
	before := notifier.lists.Load()
	for range 3 * turn {
		tick()
	}
	if lists := notifier.lists.Load() - before; lists != 3 {
		t.Errorf("asked for the list %d times in %d ticks, want 3", lists, 3*turn)
	}

	l.ops.Lock()
	must(t, l.watches.src.Remove(filepath.Join(root, "a.n7")))
	l.ops.Unlock()
	var found Change
	for range turn {
		if found = l.repair(true); !found.Empty() {
			break
		}
	}
	if diff := cmp.Diff(wholeFolder("a.n7"), found); diff != "" {
		t.Errorf("change in the turn after a watch ended silently (-want +got):\n%s", diff)
	}
}

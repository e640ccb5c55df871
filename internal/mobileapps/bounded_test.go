package mobileapps

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

const patience = time.Second

// bubble runs a test on a fake clock. It ends only when every call has returned.
func bubble(t *testing.T, f func(t *testing.T, tree *fakeTree, b *Bounded)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tree := newFakeTree(map[string]string{"a.b/1": "one", "a.b/2": "two", "c.d/1": "other"})
		f(t, tree, NewBounded(tree, patience))
	})
}

// took sees that f takes exactly so long, and hangs or not.
func took(t *testing.T, what string, want time.Duration, hangs bool, f func() error) {
	t.Helper()
	begun := time.Now()
	err := f()
	if got := time.Since(begun); got != want {
		t.Errorf("%s took %v, want %v", what, got, want)
	}
	if hangs != errors.Is(err, session.ErrHangs) || !hangs && err != nil {
		t.Errorf("%s: got the error %v", what, err)
	}
}

func open(t *testing.T, b *Bounded, app string) (Root, Folder) {
	t.Helper()
	root, err := b.Open()
	must(t, err)
	folder, err := root.Open(app)
	must(t, err)
	return root, folder
}

func reading(folder Folder, id string) func() error {
	return func() error {
		_, err := folder.Read(id)
		return err
	}
}

// left returns which of these folders, "" for the root, are left alone, because a call
// hangs there.
func left(b *Bounded, apps ...string) []string {
	return slices.DeleteFunc(apps, func(app string) bool { return !b.guard.Hangs(app) })
}

// isLeft insists on which folders are left alone.
func isLeft(t *testing.T, b *Bounded, want ...string) {
	t.Helper()
	got := left(b, "", "a.b", "c.d")
	if !slices.Equal(got, want) {
		t.Errorf("left alone: %q, want %q", got, want)
	}
}

// settle lets calls that hang go on, and waits until all that can return have.
func settle(goOn ...func()) {
	for _, f := range goOn {
		f()
	}
	synctest.Wait()
}

// TestEveryCallReturnsInTime has one call hang. What is about the same folder, or
// about the root, waits for it and is answered at once; all else goes on.
func TestEveryCallReturnsInTime(t *testing.T) {
	type call struct {
		app string // what it is about
		ask func(*Bounded, Root, Folder) error
	}
	// What is asked once a root and a folder are open.
	calls := map[string]call{
		"open": {"", func(b *Bounded, _ Root, _ Folder) error {
			root, err := b.Open()
			if err == nil {
				root.Close()
			}
			return err
		}},
		"nearest": {"", func(b *Bounded, _ Root, _ Folder) error { _, err := b.Nearest(Place{}); return err }},
		"place":   {"", func(_ *Bounded, r Root, _ Folder) error { _, err := r.Place(); return err }},
		"list":    {"", func(_ *Bounded, r Root, _ Folder) error { _, err := r.Next(1); return notEOF(err) }},
		"open c.d": {"c.d", func(_ *Bounded, r Root, _ Folder) error {
			folder, err := r.Open("c.d")
			if err == nil {
				folder.Close()
			}
			return err
		}},
		"list a.b":   {"a.b", func(_ *Bounded, _ Root, f Folder) error { _, err := f.Next(1); return notEOF(err) }},
		"stat a.b/1": {"a.b", func(_ *Bounded, _ Root, f Folder) error { _, err := f.Stat("1"); return filesHang(err) }},
		"read a.b/1": {"a.b", func(_ *Bounded, _ Root, f Folder) error { _, err := f.Read("1"); return filesHang(err) }},
	}
	for name, hung := range calls {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
				root, folder := open(t, b, "a.b")
				before, goOn := tree.times(name), tree.hang(name)
				took(t, name, patience, true, func() error { return hung.ask(b, root, folder) })
				for other, c := range calls {
					took(t, other, 0, c.app == hung.app, func() error { return c.ask(b, root, folder) })
				}
				root.Close()
				folder.Close()
				if got := tree.times(name) - before; got != 1 {
					t.Errorf("asked %d times", got)
				}
				isLeft(t, b, hung.app)
				settle(goOn)
				isLeft(t, b)
				tree.checkClosed(t)

				root, folder = open(t, b, "a.b")
				took(t, name+" afterwards", 0, false, func() error { return hung.ask(b, root, folder) })
				folder.Close()
				root.Close()
				tree.checkClosed(t)
			})
		})
	}
}

// filesHang insists that what is said about a file because its folder hangs is the
// folder's error.
func filesHang(err error) error {
	if err != nil && !IsFolders(err) {
		return fmt.Errorf("not the folder's error: %w", errors.New(err.Error()))
	}
	return err
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// A folder is closed once, and not under a call that is still at work in it.
func TestFolderStaysOpenUnderHungCalls(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		hung := []string{"read a.b/1", "stat a.b/2", "open c.d"}
		var goOn []func()
		for _, call := range hung {
			goOn = append(goOn, tree.hang(call))
		}
		var asking sync.WaitGroup // all at once, as several workers do
		asking.Go(func() { _, _ = folder.Read("1") })
		asking.Go(func() { _, _ = folder.Stat("2") })
		asking.Go(func() { _, _ = root.Open("c.d") })
		asking.Wait()
		isLeft(t, b, "a.b", "c.d")
		for range 2 { // closing twice is closing once
			took(t, "Close of the folder", 0, false, func() error { folder.Close(); return nil })
			took(t, "Close of the root", 0, false, func() error { root.Close(); return nil })
		}
		for i := range goOn {
			if tree.closes("a.b") > 0 && i < 2 || tree.closes("") > 0 {
				t.Errorf("closed while %q are at work", hung[i:])
			}
			settle(goOn[i])
		}
		if tree.closes("a.b") != 1 || tree.closes("") != 1 || tree.closes("c.d") != 1 {
			t.Error("not all was closed once")
		}
		tree.checkClosed(t)
	})
}

// Closing a folder of a network share asks its server, and may hang too.
func TestCloseReturnsInTime(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		goOn := tree.hang("close a.b")
		took(t, "Close", patience, false, func() error { folder.Close(); return nil })
		took(t, "the same folder", 0, true, func() error { _, err := root.Open("a.b"); return err })
		other, err := root.Open("c.d")
		must(t, err)
		took(t, "another folder", 0, false, reading(other, "1"))
		other.Close()

		settle(goOn)
		folder, err = root.Open("a.b")
		must(t, err)
		folder.Close()
		root.Close()
		tree.checkClosed(t)
	})
}

// What hangs while something late is cleared away must not hold up others.
func TestLateOpenThatHangsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "c.d")
		opening, closing := tree.hang("open a.b"), tree.hang("close a.b")
		took(t, "Open", patience, true, func() error { _, err := root.Open("a.b"); return err })
		settle(opening)
		isLeft(t, b, "a.b")
		took(t, "another folder's file", 0, false, reading(folder, "1"))
		took(t, "the same folder", 0, true, func() error { _, err := root.Open("a.b"); return err })
		folder.Close()
		root.Close()
		settle(closing)
		isLeft(t, b)
		tree.checkClosed(t)
	})
}

// A call that hung and is the last to let go of its folder closes it: it is at
// work until that has returned.
func TestLateCloseThatHangsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		reads, closing := tree.hang("read a.b/1"), tree.hang("close a.b")
		took(t, "the read", patience, true, reading(folder, "1"))
		took(t, "Close", 0, false, func() error { folder.Close(); return nil })
		settle(reads)
		isLeft(t, b, "a.b")
		settle(closing)
		isLeft(t, b)
		root.Close()
		tree.checkClosed(t)
	})
}

// Once too many calls hang, nothing is asked of the tree, but what is open is closed.
func TestHungCallsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		var goOn []func()
		for i := range maxHung {
			app := fmt.Sprint("hung.", i)
			goOn = append(goOn, tree.hang("open "+app))
			if _, err := root.Open(app); !errors.Is(err, session.ErrHangs) {
				t.Errorf("%s: %v", app, err)
			}
		}
		took(t, "one call more", 0, true, reading(folder, "1"))
		took(t, "a new root", 0, true, func() error { _, err := b.Open(); return err })
		if tree.times("read a.b/1") != 0 {
			t.Error("the read was tried")
		}
		folder.Close()
		synctest.Wait()
		if tree.closes("a.b") != 1 {
			t.Error("the folder stays open")
		}
		settle(goOn[0])
		folder, err := root.Open("a.b")
		must(t, err)
		took(t, "the same once one has returned", 0, false, reading(folder, "1"))
		settle(goOn...)
		folder.Close()
		root.Close()
		tree.checkClosed(t)
	})
}

// Many folders that hang must not make a pass as long as all of them.
func TestPatienceIsForTheWholePass(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		var goOn []func()
		for _, call := range []string{"read a.b/1", "open c.d", "list", "list e.f"} {
			goOn = append(goOn, tree.hang(call))
		}
		took(t, "the first", patience, true, reading(folder, "1"))
		took(t, "the second", leastPatience, true, func() error { _, err := root.Open("c.d"); return err })
		took(t, "the root's listing", leastPatience, true, func() error { _, err := root.Next(1); return err })
		folder.Close() // under hung calls: nothing to wait for
		root.Close()
		settle(goOn[2])

		root, folder = open(t, b, "e.f")
		took(t, "a folder that hangs as before", 0, true, func() error { _, err := root.Open("a.b"); return err })
		took(t, "the next pass", patience, true, func() error { _, err := folder.Next(1); return err })
		folder.Close()
		root.Close()
		settle(goOn...)
		tree.checkClosed(t)
	})
}

// Slow calls that return in time cost no patience.
func TestSlowIsNotHung(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		tree.do("read a.b/1", func() { time.Sleep(patience - 1) })
		for range 5 {
			took(t, "a slow read", patience-1, false, reading(folder, "1"))
		}
		folder.Close()
		root.Close()
	})
}

// The real tree answers the same with and without bounds.
func TestBoundedDisk(t *testing.T) {
	root := newTree(t)
	disk := NewDisk(root, maxFileSize)
	bounded := NewBounded(disk, 0)
	for _, tree := range []Tree{disk, bounded} {
		opened, folder := openRoot(t, tree), openFolder(t, tree, testApp)
		names, err := listAll(opened.Next, 1)
		must(t, err)
		files, err := listAll(folder.Next, 1)
		must(t, err)
		checkFiles(t, files, []string{testFile})
		c, err := folder.Read(testFile)
		if err != nil || len(names) != 1 || string(c.Data) != inside {
			t.Errorf("%T: %q, %+v, %v", tree, names, c, err)
		}
		if _, err := folder.Read("gone"); !IsAbsent(err) {
			t.Errorf("%T: a file that is gone: %v", tree, err)
		}
		if _, err := opened.Open("gone.app"); !IsAbsent(err) {
			t.Errorf("%T: a folder that is gone: %v", tree, err)
		}
	}
}

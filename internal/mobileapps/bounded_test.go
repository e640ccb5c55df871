package mobileapps

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
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
	if hangs != errors.Is(err, syscall.ETIMEDOUT) || !hangs && err != nil {
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

// stuck returns how many calls have not returned in time and still run.
func stuck(b *Bounded) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stuck
}

// settle lets the goroutines of calls that go on come to rest.
func settle(b *Bounded, goOn ...func()) int {
	for _, f := range goOn {
		f()
	}
	synctest.Wait()
	return stuck(b)
}

func TestEveryCallReturnsInTime(t *testing.T) {
	// What is asked once a root and a folder are open.
	calls := map[string]func(*Bounded, Root, Folder) error{
		"open": func(b *Bounded, _ Root, _ Folder) error {
			root, err := b.Open()
			if err == nil {
				root.Close()
			}
			return err
		},
		"nearest": func(b *Bounded, _ Root, _ Folder) error { _, err := b.Nearest(Place{}); return err },
		"place":   func(_ *Bounded, r Root, _ Folder) error { _, err := r.Place(); return err },
		"list":    func(_ *Bounded, r Root, _ Folder) error { _, err := r.Next(1); return notEOF(err) },
		"open c.d": func(_ *Bounded, r Root, _ Folder) error {
			folder, err := r.Open("c.d")
			if err == nil {
				folder.Close()
			}
			return err
		},
		"list a.b":   func(_ *Bounded, _ Root, f Folder) error { _, err := f.Next(1); return notEOF(err) },
		"stat a.b/1": func(_ *Bounded, _ Root, f Folder) error { _, err := f.Stat("1"); return err },
		"read a.b/1": func(_ *Bounded, _ Root, f Folder) error { _, err := f.Read("1"); return err },
	}
	for hung := range calls {
		t.Run(hung, func(t *testing.T) {
			bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
				root, folder := open(t, b, "a.b")
				before, goOn := tree.times(hung), tree.hang(hung)
				took(t, hung, patience, true, func() error { return calls[hung](b, root, folder) })
				took(t, hung+" again", 0, true, func() error { return calls[hung](b, root, folder) })
				for other, ask := range calls {
					if other != hung {
						took(t, other, 0, false, func() error { return ask(b, root, folder) })
					}
				}
				root.Close()
				folder.Close()
				if got := tree.times(hung) - before; got != 1 || stuck(b) != 1 {
					t.Errorf("asked %d times, %d stuck", got, stuck(b))
				}
				if left := settle(b, goOn); left != 0 {
					t.Errorf("%d stuck after the call returned", left)
				}
				tree.checkClosed(t)

				root, folder = open(t, b, "a.b")
				took(t, hung+" afterwards", 0, false, func() error { return calls[hung](b, root, folder) })
				folder.Close()
				root.Close()
				tree.checkClosed(t)
			})
		})
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// A share that is slower than our patience is judged all the same.
func TestLateRead(t *testing.T) {
	edited := "1!"
	for _, test := range []struct {
		name  string
		edit  func(tree *fakeTree) // between the late read and the next look
		data  string
		late  bool
		fault error
	}{
		{"the file is the same", func(*fakeTree) {}, "one", true, nil},
		{"the file was edited", func(tree *fakeTree) { tree.edit("a.b/1", &edited) }, edited, false, nil},
		{"the file is gone", func(tree *fakeTree) { tree.edit("a.b/1", nil) }, "", false, fs.ErrNotExist},
		{"the look hangs", func(tree *fakeTree) { tree.do("stat a.b/1", func() { time.Sleep(2 * patience) }) }, "", false, syscall.ETIMEDOUT},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
				root, folder := open(t, b, "a.b")
				tree.do("read a.b/1", func() { time.Sleep(patience + patience/2) })
				took(t, "the first read", patience, true, reading(folder, "1"))
				time.Sleep(patience)
				tree.do("read a.b/1", nil)
				test.edit(tree)

				c, err := folder.Read("1")
				if !errors.Is(err, test.fault) || string(c.Data) != test.data || c.Late != test.late {
					t.Errorf("the next look: %+v, %v", c, err)
				}
				tree.do("stat a.b/1", nil)
				time.Sleep(2 * patience)
				if c, err = folder.Read("1"); c.Late {
					t.Errorf("a late result was used again: %+v, %v", c, err)
				}
				folder.Close()
				root.Close()
				tree.checkClosed(t)
			})
		})
	}
}

func TestLateReadThatWasNotStable(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		goOn := tree.hang("read a.b/1")
		took(t, "the read", patience, true, reading(folder, "1"))
		edited := "1!"
		tree.edit("a.b/1", &edited)
		settle(b, goOn)
		if c, err := folder.Read("1"); err != nil || string(c.Data) != edited || c.Late {
			t.Errorf("the next look: %+v, %v", c, err)
		}
		folder.Close()
		root.Close()
	})
}

// The results of late reads whose files nobody reads again must not add up.
func TestLateResultsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		content := "late"
		for round := range 3 {
			var goOn []func()
			for i := range maxStuck {
				id := fmt.Sprintf("%d-%d", round, i)
				tree.edit("a.b/"+id, &content)
				goOn = append(goOn, tree.hang("read a.b/"+id))
				_, _ = folder.Read(id)
			}
			settle(b, goOn...)
		}
		if kept := len(b.late); kept == 0 || kept > maxLate {
			t.Errorf("%d late results are kept", kept)
		}
		folder.Close()
		root.Close()
	})
}

// A folder is closed once, and not under a call that is still at work in it.
func TestFolderStaysOpenUnderHungCalls(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		first, second, third := tree.hang("read a.b/1"), tree.hang("stat a.b/2"), tree.hang("open c.d")
		_, _ = folder.Read("1")
		_, _ = folder.Stat("2")
		_, _ = root.Open("c.d")
		for range 2 { // closing twice is closing once
			took(t, "Close of the folder", 0, false, func() error { folder.Close(); return nil })
			took(t, "Close of the root", 0, false, func() error { root.Close(); return nil })
		}
		for _, goOn := range []func(){first, second, third} {
			if tree.closes("a.b") > 0 && stuck(b) > 1 || tree.closes("") > 0 {
				t.Errorf("closed while %d calls are at work", stuck(b))
			}
			settle(b, goOn)
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

		settle(b, goOn)
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
		if left := settle(b, opening); left != 1 {
			t.Errorf("%d stuck while the close hangs", left)
		}
		took(t, "another folder's file", 0, false, reading(folder, "1"))
		took(t, "the same folder", 0, true, func() error { _, err := root.Open("a.b"); return err })
		folder.Close()
		root.Close()
		settle(b, closing)
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
		if left := settle(b, reads); left != 1 {
			t.Errorf("%d stuck while the close hangs", left)
		}
		if left := settle(b, closing); left != 0 {
			t.Errorf("%d stuck after the close returned", left)
		}
		root.Close()
		tree.checkClosed(t)
	})
}

func TestStuckCallsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		var goOn []func()
		hang := func(id string) {
			goOn = append(goOn, tree.hang("stat a.b/"+id))
			_, _ = folder.Stat(id)
		}
		for i := range maxStuck {
			hang(fmt.Sprint("hung", i))
		}
		took(t, "one call more", 0, true, reading(folder, "1"))
		took(t, "a new root", 0, true, func() error { _, err := b.Open(); return err })
		if stuck(b) != maxStuck || tree.times("read a.b/1") != 0 {
			t.Errorf("%d stuck, the read was tried %d times", stuck(b), tree.times("read a.b/1"))
		}
		settle(b, goOn[0])
		took(t, "the same once one has returned", 0, false, reading(folder, "1"))
		settle(b, goOn...)
		folder.Close()
		root.Close()
		tree.checkClosed(t)
	})
}

// Many files that hang must not make a pass as long as all of them.
func TestPatienceIsForTheWholePass(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		var goOn []func()
		for _, call := range []string{"read a.b/1", "read a.b/2", "list", "close a.b", "list c.d"} {
			goOn = append(goOn, tree.hang(call))
		}
		took(t, "the first", patience, true, reading(folder, "1"))
		took(t, "the second", leastPatience, true, reading(folder, "2"))
		took(t, "the root's listing", leastPatience, true, func() error { _, err := root.Next(1); return err })
		folder.Close() // under hung calls: nothing to wait for
		root.Close()

		root, folder = open(t, b, "c.d")
		took(t, "the next pass", patience, true, func() error { _, err := folder.Next(1); return err })
		folder.Close()
		root.Close()
		settle(b, goOn...)
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
		if err != nil || len(names) != 1 || string(c.Data) != inside || c.Late {
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

package mobileapps

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// all returns the numbers of all files of a batch.
func all(b *Batch) []int {
	numbers := make([]int, b.Len())
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

func batchOf(ids ...string) *Batch {
	var b Batch
	for _, id := range ids {
		b.Add(id)
	}
	return &b
}

// Listing, looking and reading by the batch find what asking for one file at a
// time finds.
func TestBatches(t *testing.T) {
	root := newTree(t)
	want := []string{testFile}
	for i := range 1000 {
		want = append(want, fmt.Sprintf("%0*d", 1+i%200, i))
		writeFile(t, filepath.Join(root, testApp, want[i+1]), strings.Repeat(want[i+1], 1+i%3))
	}
	for name, tree := range trees(root) {
		t.Run(name, func(t *testing.T) {
			folder := openFolder(t, tree, testApp)
			var got []string
			b := &Batch{}
			for more := true; more; more = !b.Last() {
				b.Reset()
				must(t, List(folder, b))
				Look(folder, b, all(b))
				read := make([]string, b.Len())
				Read(folder, b, all(b), func(i int, c Content, err error) {
					if err != nil || c.Signature != b.Entry(i).Signature || !c.Stable {
						t.Errorf("%q reads as %+v, %v; a look says %+v", b.Entry(i).ID(), c, err, b.Entry(i))
					}
					read[i] = string(c.Data)
				})
				for i := range b.Len() {
					e := b.Entry(i)
					if sig, err := folder.Stat(e.ID()); err != nil || e.Err != nil || e.Signature != sig || !e.Certain() {
						t.Errorf("a look at %q: %+v; stat: %+v, %v", e.ID(), e, sig, err)
					}
					if !strings.HasPrefix(read[i], e.ID()) && e.ID() != testFile {
						t.Errorf("%q reads as %q", e.ID(), read[i])
					}
					got = append(got, e.ID())
				}
			}
			checkFiles(t, got, want)
		})
	}
}

// A file with a fault of its own does not hide its neighbours.
func TestLooksAtEachFileByItself(t *testing.T) {
	folder := openFolder(t, NewDisk(newTree(t), maxFileSize), testApp)
	b := batchOf("gone", testFile, "a/b", strings.Repeat("x", 300), testFile)
	Look(folder, b, all(b))
	for i, absent := range []bool{true, false, true, true, false} {
		if e := b.Entry(i); IsAbsent(e.Err) != absent || (e.Signature == Signature{}) != absent {
			t.Errorf("%.20q: %+v", e.ID(), e)
		}
	}
}

// Those that hang cost the pass its patience, and nobody else.
func TestHangAmongOthers(t *testing.T) {
	for _, test := range []struct {
		hang []string
		took time.Duration
	}{
		{nil, 0},
		{[]string{"1"}, patience},
		{[]string{"2"}, patience},
		{[]string{"9"}, patience},
		{[]string{"1", "2"}, patience + leastPatience},
		{[]string{"1", "5", "9"}, patience + 2*leastPatience},
	} {
		for _, call := range []string{"stat", "read"} {
			t.Run(fmt.Sprint(call, test.hang), func(t *testing.T) {
				bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
					var files []string
					for i := range 10 {
						content := fmt.Sprint("content of ", i)
						tree.edit(fmt.Sprint("a.b/", i), &content)
						files = append(files, fmt.Sprint(i))
					}
					var goOn []func()
					hangs := make(map[string]bool)
					for _, id := range test.hang {
						goOn, hangs[id] = append(goOn, tree.hang(call+" a.b/"+id)), true
					}
					root, folder := open(t, b, "a.b")
					check := func(what string, faulty map[string]bool) {
						batch := batchOf(files...)
						for i, data := range ask(folder, batch, call) {
							if hung := errors.Is(batch.Entry(i).Err, syscall.ETIMEDOUT); hung != faulty[files[i]] {
								t.Errorf("%s: %s hangs: %t", what, files[i], hung)
							} else if want := "content of " + files[i]; !hung && call == "read" && data != want {
								t.Errorf("%s: %s reads as %q", what, files[i], data)
							}
						}
						if batch.Abandoned() != (len(faulty) > 0 && what == "the first time") {
							t.Errorf("%s: the batch is abandoned: %t", what, batch.Abandoned())
						}
					}
					begun := time.Now()
					check("the first time", hangs)
					// How far they are is looked at four times in that time.
					if took := time.Since(begun); took < test.took || took > test.took*5/4 {
						t.Errorf("the first time took %v, want %v or a quarter more", took, test.took)
					}
					took(t, "the second time", 0, false, func() error { check("the second time", hangs); return nil })
					folder.Close()
					root.Close()
					settle(b, goOn...)

					root, folder = open(t, b, "a.b")
					check("at the end", nil)
					folder.Close()
					root.Close()
					tree.checkClosed(t)
				})
			})
		}
	}
}

// ask looks at all files of a batch, or reads them: what is read comes back, and
// the error of a read stands in its entry.
func ask(folder Folder, b *Batch, call string) []string {
	data := make([]string, b.Len())
	if call == "stat" {
		Look(folder, b, all(b))
		return data
	}
	faults := make([]error, b.Len())
	Read(folder, b, all(b), func(i int, c Content, err error) { data[i], faults[i] = string(c.Data), err })
	for i, err := range faults {
		b.Entry(i).Err = err
	}
	return data
}

// Which files a batch was asked about is the caller's to forget, also where one of
// them still hangs.
func TestNumbersUsedAgainDuringAHang(t *testing.T) {
	for _, call := range []string{"stat", "read"} {
		t.Run(call, func(t *testing.T) {
			bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
				content := "content"
				tree.edit("a.b/1", &content)
				goOn := tree.hang(call + " a.b/1")
				root, folder := open(t, b, "a.b")
				batch, files := batchOf("1"), []int{0}
				if call == "stat" {
					Look(folder, batch, files)
				} else {
					Read(folder, batch, files, func(int, Content, error) {})
				}
				if !batch.Abandoned() {
					t.Error("nothing hangs")
				}
				files[0] = 7 // of another, longer batch
				folder.Close()
				root.Close()
				settle(b, goOn)
				if left := stuck(b); left != 0 {
					t.Errorf("%d stuck", left)
				}
			})
		})
	}
}

// Many files that take their time are no hang, however long they take together.
func TestSlowFilesTogether(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		const slow = patience / 2
		batch := &Batch{}
		content := "content"
		for i := range 100 {
			id := fmt.Sprint(i)
			tree.edit("a.b/"+id, &content)
			tree.do("stat a.b/"+id, func() { time.Sleep(slow) })
			batch.Add(id)
		}
		root, folder := open(t, b, "a.b")
		took(t, "looking", 100*slow, false, func() error { Look(folder, batch, all(batch)); return nil })
		for i := range batch.Len() {
			must(t, batch.Entry(i).Err)
		}
		if left := stuck(b); left != 0 {
			t.Errorf("%d stuck", left)
		}
		folder.Close()
		root.Close()
	})
}

// A listing that hangs has nothing of the batch that it was asked to fill.
func TestListingThatHangs(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		root, folder := open(t, b, "a.b")
		goOn := tree.hang("list a.b")
		batch := &Batch{}
		took(t, "List", patience, true, func() error { return List(folder, batch) })
		if batch.Abandoned() {
			t.Error("the batch cannot be used again")
		}
		folder.Close()
		root.Close()
		settle(b, goOn)
		root, folder = open(t, b, "a.b")
		if err := List(folder, batch); err != nil || !batch.Last() {
			t.Errorf("afterwards: %v, the last: %v", err, batch.Last())
		}
		folder.Close()
		root.Close()
		tree.checkClosed(t)
	})
}

func TestFolderFaults(t *testing.T) {
	for err, folders := range map[error]bool{
		FolderError{syscall.EACCES}:                             true,
		fmt.Errorf("cannot look: %w", FolderError{syscall.EIO}): true,
		syscall.EACCES: false,
		fs.ErrNotExist: false,
		nil:            false,
	} {
		if IsFolders(err) != folders {
			t.Errorf("%v is the folder's: %t", err, !folders)
		}
	}
	if err := (FolderError{syscall.EACCES}); !errors.Is(err, syscall.EACCES) || err.Error() != syscall.EACCES.Error() {
		t.Errorf("%v lost its errno", err)
	}
}

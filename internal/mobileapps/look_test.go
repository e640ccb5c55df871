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

	"sessiond/internal/session"
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

// Where one file hangs, the folder does: that costs the pass its patience once, and
// the batch is the caller's to use again at once.
func TestHangAmongOthers(t *testing.T) {
	const files = 3 * readsAtOnce // more than are read at once
	var ids []string
	for i := range files {
		ids = append(ids, fmt.Sprint(i))
	}
	for _, call := range []string{"stat", "read"} {
		for _, hung := range []int{0, 1, readsAtOnce, files - 1} {
			t.Run(fmt.Sprint(call, hung), func(t *testing.T) {
				bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
					for i, id := range ids {
						content := fmt.Sprint("content of ", i)
						tree.edit("a.b/"+id, &content)
					}
					goOn := tree.hang(call + " a.b/" + ids[hung])
					root, folder := open(t, b, "a.b")
					batch := &Batch{}
					// check sees that from some file on all hang; those before are well.
					check := func(what string, from int) {
						batch.Reset()
						for _, id := range ids {
							batch.Add(id)
						}
						for i, data := range askAll(folder, batch, call) {
							err := batch.Entry(i).Err
							if hangs := i >= from; hangs != errors.Is(err, session.ErrHangs) || hangs != IsFolders(err) {
								t.Errorf("%s: %d: %v", what, i, err)
							} else if want := fmt.Sprint("content of ", i); !hangs && call == "read" && data != want {
								t.Errorf("%s: %d reads as %q", what, i, data)
							}
							if id := batch.Entry(i).ID(); id != ids[i] {
								t.Errorf("%s: %d is called %q", what, i, id)
							}
						}
					}
					begun, first := time.Now(), 0
					if call == "read" {
						first = hung / readsAtOnce * readsAtOnce // what was read before it
					}
					check("the first time", first)
					// How far they are is looked at four times in that time.
					if took := time.Since(begun); took < patience || took > patience*5/4 {
						t.Errorf("the first time took %v, want %v or a quarter more", took, patience)
					}
					took(t, "the second time", 0, false, func() error { check("the second time", 0); return nil })
					folder.Close()
					root.Close()
					settle(goOn)

					root, folder = open(t, b, "a.b")
					check("at the end", files)
					folder.Close()
					root.Close()
					tree.checkClosed(t)
				})
			})
		}
	}
}

// askAll looks at all files of a batch, or reads them: what is read comes back, and
// the error of a read stands in its entry.
func askAll(folder Folder, b *Batch, call string) []string {
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

// Which files a batch was asked about is the caller's to forget, and so is the batch,
// also where one of its files still hangs. The race detector is the witness: nothing
// waits for the call before they are used.
func TestBatchUsedAgainDuringAHang(t *testing.T) {
	for _, call := range []string{"stat", "read"} {
		t.Run(call, func(t *testing.T) {
			bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
				content := "content"
				for _, id := range []string{"1", "2", "3"} {
					tree.edit("a.b/"+id, &content)
				}
				goOn := tree.hang(call + " a.b/1")
				root, folder := open(t, b, "a.b")
				batch, files := batchOf("1", "2", "3"), []int{0, 1, 2}
				if call == "stat" {
					Look(folder, batch, files)
				} else {
					Read(folder, batch, files, func(int, Content, error) {})
				}
				isLeft(t, b, "a.b")
				goOn()
				for i := range files {
					files[i] = 7 // of another, longer batch
					batch.Entry(i).Fresh, batch.Entry(i).Err = true, nil
				}
				batch.Reset()
				batch.Add("other")
				batch.Entry(0).Signature.Size = 7
				folder.Close()
				root.Close()
				settle()
				if e := batch.Entry(0); e.ID() != "other" || e.Signature.Size != 7 {
					t.Errorf("the batch has %+v", e)
				}
				isLeft(t, b)
			})
		})
	}
}

// Long files have no place in the buffer that many share.
func TestReadsFilesOfAllLengths(t *testing.T) {
	root := newTree(t)
	want := map[string]string{testFile: inside}
	for i := range 200 {
		id := fmt.Sprint(i)
		want[id] = strings.Repeat(id, []int{0, 1, 200, readBuffer - 1, readBuffer, readRoom, 3 * readRoom}[i%7])
		writeFile(t, filepath.Join(root, testApp, id), want[id])
	}
	for name, tree := range trees(root) {
		t.Run(name, func(t *testing.T) {
			folder, b := openFolder(t, tree, testApp), &Batch{}
			for id := range want {
				b.Add(id)
			}
			left := b.Len()
			Read(folder, b, all(b), func(i int, c Content, err error) {
				if left--; err != nil || string(c.Data) != want[b.Entry(i).ID()] {
					t.Errorf("%q has %d bytes, %v", b.Entry(i).ID(), len(c.Data), err)
				}
			})
			if left != 0 {
				t.Errorf("%d files were not read", left)
			}
		})
	}
}

// Of files that are long, few are in memory at the same time.
func TestLongFilesAreUsedOneByOne(t *testing.T) {
	tree := newFakeTree(map[string]string{})
	batch := &Batch{}
	for i := range readsAtOnce {
		id, content := fmt.Sprint(i), strings.Repeat("x", readRoom)
		tree.edit("a.b/"+id, &content)
		batch.Add(id)
	}
	root, folder := open(t, NewBounded(tree, 0), "a.b")
	read := func() (n int) {
		for i := range readsAtOnce {
			n += tree.times(fmt.Sprint("read a.b/", i))
		}
		return n
	}
	used := 0
	Read(folder, batch, all(batch), func(int, Content, error) {
		if used++; read() != used {
			t.Errorf("%d were read and %d used", read(), used)
		}
	})
	folder.Close()
	root.Close()
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
		isLeft(t, b)
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
		folder.Close()
		root.Close()
		settle(goOn)
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

package mobileapps

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// longTree is a tree with one folder whose listing takes several calls for a
// batch.
type longTree struct {
	*fakeTree
	calls int
}

func (t *longTree) Open() (Root, error) {
	root, err := t.fakeTree.Open()
	return longRoot{root, t}, err
}

type longRoot struct {
	Root
	tree *longTree
}

func (r longRoot) Open(app string) (Folder, error) {
	folder, err := r.Root.Open(app)
	return longFolder{folder, r.tree}, err
}

type longFolder struct {
	Folder
	tree *longTree
}

func (f longFolder) list(b *Batch) (more bool, err error) {
	n := b.Len()
	f.tree.begin(fmt.Sprint("list ", n))
	b.Add(fmt.Sprint(n))
	b.last = b.Len() == f.tree.calls
	return !b.last, nil
}

func (f longFolder) stat(e *Entry) (Signature, error)         { return f.Stat(e.ID()) }
func (f longFolder) read(e *Entry, _ []byte) (Content, error) { return f.Read(e.ID()) }

// Each call for a listing has the whole patience, and may hang.
func TestLongListing(t *testing.T) {
	const calls = 5
	bubble(t, func(t *testing.T, tree *fakeTree, _ *Bounded) {
		b := NewBounded(&longTree{tree, calls}, patience)
		for i := range calls {
			tree.do(fmt.Sprint("list ", i), func() { time.Sleep(patience - 1) })
		}
		root, folder := open(t, b, "a.b")
		var batch Batch
		took(t, "a slow listing", calls*(patience-1), false, func() error { return List(folder, &batch) })
		if batch.Len() != calls || !batch.Last() {
			t.Errorf("%d files, the last: %v", batch.Len(), batch.Last())
		}
		batch.Reset()
		if batch.Last() {
			t.Error("an empty batch is the last")
		}

		goOn := tree.hang("list 3")
		begun := time.Now()
		if err := List(folder, &batch); !errors.Is(err, errHung) || batch.Len() != 0 {
			t.Errorf("a listing that hangs: %v", err)
		}
		// That a call has begun is seen by the next look at the latest.
		if took, most := time.Since(begun), 3*(patience-1)+patience+patience/4; took > most {
			t.Errorf("it took %v, want %v at most", took, most)
		}
		folder.Close()
		root.Close()
		settle(goOn)
		isLeft(t, b)
		tree.checkClosed(t)
	})
}

// What a call that hangs brings later is nobody's: whoever got the answer that it hangs
// may do with the batch what they like meanwhile. The race detector is the witness, so
// nothing here waits for the call before the batch is used.
func TestHungListingLeavesTheBatch(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, _ *Bounded) {
		b := NewBounded(&longTree{tree, 5}, patience)
		goOn := tree.hang("list 3")
		root, folder := open(t, b, "a.b")
		var batch Batch
		if err := List(folder, &batch); !errors.Is(err, errHung) {
			t.Errorf("a listing that hangs: %v", err)
		}
		goOn()
		if batch.Len() != 0 || batch.Last() {
			t.Errorf("it left %d files", batch.Len())
		}
		batch.Add("mine")
		folder.Close()
		root.Close()
		settle()
		isLeft(t, b)
		if batch.Len() != 1 || batch.Entry(0).ID() != "mine" {
			t.Errorf("%d files afterwards", batch.Len())
		}
		tree.checkClosed(t)
	})
}

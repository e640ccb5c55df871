package mobileapps

import (
	"errors"
	"testing"
	"testing/synctest"

	"sessiond/internal/session"
)

// stuckTree is a tree whose folder does not answer.
type stuckTree struct {
	Tree

	goOn   chan struct{}
	closed int
}

type stuckRoot struct {
	WriteRoot

	tree *stuckTree
}

type stuckFolder struct {
	WriteFolder

	tree *stuckTree
}

func (t *stuckTree) OpenForWriting() (WriteRoot, error) { return stuckRoot{tree: t}, nil }
func (r stuckRoot) Close()                              { r.tree.closed++ }
func (r stuckRoot) Open(string) (WriteFolder, error)    { return stuckFolder{tree: r.tree}, nil }
func (f stuckFolder) Close()                            { f.tree.closed++ }
func (f stuckFolder) Read(string) (File, error)         { <-f.tree.goOn; return File{}, nil }
func (f stuckFolder) Identify(string) (Identity, error) { <-f.tree.goOn; return Identity{}, nil }

func (f stuckFolder) Create(NewFile) (Identity, error)       { <-f.tree.goOn; return Identity{}, nil }
func (f stuckFolder) Exchange(string, string) error          { <-f.tree.goOn; return nil }
func (f stuckFolder) Rename(string, string) error            { <-f.tree.goOn; return nil }
func (f stuckFolder) Remove(string) error                    { <-f.tree.goOn; return nil }
func (f stuckFolder) Sync() error                            { <-f.tree.goOn; return nil }
func (f stuckFolder) Temporaries() (names []string, _ error) { <-f.tree.goOn; return nil, nil }

// Each call of an edit returns in time, and what is open is closed only once no call
// uses it any more.
func TestEveryCallOfAnEditReturnsInTime(t *testing.T) {
	for name, call := range map[string]func(f WriteFolder) error{
		"read":        func(f WriteFolder) error { _, err := f.Read("a"); return err },
		"identify":    func(f WriteFolder) error { _, err := f.Identify("a"); return err },
		"create":      func(f WriteFolder) error { _, err := f.Create(NewFile{}); return err },
		"exchange":    func(f WriteFolder) error { return f.Exchange("a", "b") },
		"rename":      func(f WriteFolder) error { return f.Rename("a", "b") },
		"remove":      func(f WriteFolder) error { return f.Remove("a") },
		"sync":        func(f WriteFolder) error { return f.Sync() },
		"temporaries": func(f WriteFolder) error { _, err := f.Temporaries(); return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := &stuckTree{goOn: make(chan struct{})}
				b := NewBounded(tree, 0)
				root, err := b.OpenForWriting()
				must(t, err)
				f, err := root.Open("a.b")
				must(t, err)
				other, err := root.Open("a.b")
				must(t, err)
				if err := call(f); !errors.Is(err, session.ErrHangs) {
					t.Errorf("the error is %v", err)
				}
				f.Close()
				synctest.Wait()
				if tree.closed != 0 {
					t.Error("the folder was closed while a call uses it")
				}
				other.Close()
				synctest.Wait()
				if tree.closed != 1 {
					t.Error("another one was not closed")
				}
				close(tree.goOn)
				synctest.Wait()
				root.Close()
				if tree.closed != 3 {
					t.Errorf("%d of 3 were closed", tree.closed)
				}
			})
		})
	}
}

// A tree that can only be read is not written to.
func TestReadOnlyTree(t *testing.T) {
	if _, err := NewBounded(struct{ Tree }{}, 0).OpenForWriting(); !errors.Is(err, errNotWritable) {
		t.Errorf("the error is %v", err)
	}
}

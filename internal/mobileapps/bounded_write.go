package mobileapps

import (
	"errors"
	"sync/atomic"
	"time"

	"sessiond/internal/hang"
)

// writePatience is how long one call of an edit may take before it counts as hung:
// a busy disk may need seconds to have a file on it.
const writePatience = 15 * time.Second

// syncPatience is how long it may take to have a whole file system on disk, where other
// programs write, too.
const syncPatience = 2 * time.Minute

// errNotWritable says that the tree below is one to read only.
var errNotWritable = errors.New("this tree cannot be written to")

// OpenForWriting implements [WriteTree], where the tree below does. A call that hangs
// goes on by itself, so that what it was to do may still happen later.
func (b *Bounded) OpenForWriting() (WriteRoot, error) {
	tree, ok := b.tree.(WriteTree)
	if !ok {
		return nil, errNotWritable
	}
	t := &writeTarget{b: b}
	root, err := bound(t, tree.OpenForWriting, WriteRoot.Close)
	if err != nil {
		return nil, err
	}
	return &boundedWriteRoot{WriteRoot: root, writeTarget: t.opened(root.Close)}, nil
}

// writeTarget is the root or an app folder, as the object of a call of an edit.
type writeTarget struct {
	b    *Bounded
	app  string // "" for the root
	open *handle
}

func (t *writeTarget) opened(closeIt func()) *writeTarget {
	return &writeTarget{b: t.b, app: t.app, open: newHandle(closeIt)}
}

// bound makes one call. If it returns too late, its result is undone.
func bound[T any](t *writeTarget, call func() (T, error), undo func(T)) (T, error) {
	return boundFor(t, writePatience, call, undo)
}

func boundFor[T any](t *writeTarget, patience time.Duration, call func() (T, error), undo func(T)) (T, error) {
	var answer, none T
	var fault error
	err := t.b.guard.Do(t.app, patience, func(c *hang.Call) {
		if !t.open.retain() {
			return
		}
		defer t.open.release()
		answer, fault = call()
		if fault == nil && undo != nil {
			c.Undo(func() { undo(answer) })
		}
	})
	if err != nil {
		return none, errHung
	}
	return answer, fault
}

// boundCall makes a call that has no result.
func boundCall(t *writeTarget, call func() error) error {
	_, err := bound(t, func() (struct{}, error) { return struct{}{}, call() }, nil)
	return err
}

// close closes what is open, once no call uses it any more. Closing may hang, too.
func (t *writeTarget) close() {
	if !t.open.letGo() {
		return
	}
	var begun atomic.Bool
	closeIt := func() {
		if !begun.Swap(true) {
			t.open.close()
		}
	}
	if boundCall(&writeTarget{b: t.b, app: t.app}, func() error { closeIt(); return nil }) != nil {
		go closeIt() // unless it was begun, and hangs
	}
}

type boundedWriteRoot struct {
	WriteRoot
	*writeTarget
}

func (r *boundedWriteRoot) Close()      { r.close() }
func (r *boundedWriteRoot) Lock() error { return boundCall(r.writeTarget, r.WriteRoot.Lock) }

func (r *boundedWriteRoot) Next(n int) ([]string, error) {
	return bound(r.writeTarget, func() ([]string, error) { return r.WriteRoot.Next(n) }, nil)
}

func (r *boundedWriteRoot) Open(app string) (WriteFolder, error) {
	// The root stays open as long as a call hangs that opens a folder in it.
	t := &writeTarget{b: r.b, app: app, open: r.open}
	folder, err := bound(t, func() (WriteFolder, error) { return r.WriteRoot.Open(app) }, WriteFolder.Close)
	if err != nil {
		return nil, err
	}
	return &boundedWriteFolder{WriteFolder: folder, writeTarget: t.opened(folder.Close)}, nil
}

type boundedWriteFolder struct {
	WriteFolder
	*writeTarget
}

func (f *boundedWriteFolder) Close() { f.close() }

func (f *boundedWriteFolder) Read(name string) (File, error) {
	return bound(f.writeTarget, func() (File, error) { return f.WriteFolder.Read(name) }, nil)
}

func (f *boundedWriteFolder) Identify(name string) (Identity, error) {
	return bound(f.writeTarget, func() (Identity, error) { return f.WriteFolder.Identify(name) }, nil)
}

func (f *boundedWriteFolder) Create(n NewFile) (Identity, error) {
	return bound(f.writeTarget, func() (Identity, error) { return f.WriteFolder.Create(n) }, nil)
}

func (f *boundedWriteFolder) SyncFile(name string) error {
	return boundCall(f.writeTarget, func() error { return f.WriteFolder.SyncFile(name) })
}

func (f *boundedWriteFolder) SyncFileSystem() error {
	_, err := boundFor(f.writeTarget, syncPatience, func() (struct{}, error) { return struct{}{}, f.WriteFolder.SyncFileSystem() }, nil)
	return err
}

func (f *boundedWriteFolder) Exchange(a, b string) error {
	return boundCall(f.writeTarget, func() error { return f.WriteFolder.Exchange(a, b) })
}

func (f *boundedWriteFolder) Rename(from, to string) error {
	return boundCall(f.writeTarget, func() error { return f.WriteFolder.Rename(from, to) })
}

func (f *boundedWriteFolder) Remove(name string) error {
	return boundCall(f.writeTarget, func() error { return f.WriteFolder.Remove(name) })
}

func (f *boundedWriteFolder) Sync() error { return boundCall(f.writeTarget, f.WriteFolder.Sync) }

func (f *boundedWriteFolder) Temporaries() ([]string, error) {
	return bound(f.writeTarget, f.WriteFolder.Temporaries, nil)
}

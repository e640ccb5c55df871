package mobileapps

import (
	"io"
	"io/fs"
	"sync"
	"testing"
)

// fakeTree is a tree in memory whose calls do what a test says. A call is named
// by what it does and on what: "open", "list", "open APP", "read APP/ID".
type fakeTree struct {
	mu     sync.Mutex
	before map[string]func() // what a call does before it answers
	files  map[string]string // content by APP/ID
	edits  map[string]int64  // the mtime of a file
	asked  map[string]int    // how often a call was made
	opened map[string]int
	closed map[string]int
}

func newFakeTree(files map[string]string) *fakeTree {
	return &fakeTree{
		before: make(map[string]func()),
		files:  files,
		edits:  make(map[string]int64),
		asked:  make(map[string]int),
		opened: make(map[string]int),
		closed: make(map[string]int),
	}
}

// hang makes a call wait until it is told to go on.
func (t *fakeTree) hang(call string) (goOn func()) {
	gate := make(chan struct{})
	t.do(call, func() { <-gate })
	return sync.OnceFunc(func() { close(gate) })
}

// do makes a call do something before it answers.
func (t *fakeTree) do(call string, f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before[call] = f
}

// edit gives a file another content, or takes it away.
func (t *fakeTree) edit(name string, content *string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.edits[name]++; content == nil {
		delete(t.files, name)
	} else {
		t.files[name] = *content
	}
}

func (t *fakeTree) times(call string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked[call]
}

// begin is the beginning of every call.
func (t *fakeTree) begin(call string) {
	t.mu.Lock()
	t.asked[call]++
	f := t.before[call]
	t.mu.Unlock()
	if f != nil {
		f()
	}
}

// checkClosed sees that all that was opened was closed once.
func (t *fakeTree) checkClosed(tb testing.TB) {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, n := range t.opened {
		if t.closed[name] != n {
			tb.Errorf("%q was opened %d times and closed %d times", name, n, t.closed[name])
		}
	}
}

// isClosed returns how often a folder was closed; the root is "".
func (t *fakeTree) closes(name string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed[name]
}

func (t *fakeTree) open(name string) *fakeFolder {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opened[name]++
	return &fakeFolder{tree: t, app: name}
}

func (t *fakeTree) Open() (Root, error) {
	t.begin("open")
	return &fakeRoot{t.open("")}, nil
}

func (t *fakeTree) Nearest(Place) (Nearest, error) {
	t.begin("nearest")
	return Nearest{Signature: Signature{Ino: 1}}, nil
}

type fakeRoot struct{ *fakeFolder }

func (r *fakeRoot) Place() (Place, error) {
	r.tree.begin("place")
	return Place{}, nil
}

func (r *fakeRoot) Next(int) ([]string, error) {
	r.tree.begin("list")
	return nil, io.EOF
}

func (r *fakeRoot) Open(app string) (Folder, error) {
	r.tree.begin("open " + app)
	return r.tree.open(app), nil
}

type fakeFolder struct {
	tree *fakeTree
	app  string
}

func (f *fakeFolder) Signature() Signature   { return Signature{Ino: 2} }
func (f *fakeFolder) Mount() Mount           { return Mount{} }
func (f *fakeFolder) FileSystem() FileSystem { return FileSystem{} }

func (f *fakeFolder) Close() {
	f.tree.begin("close " + f.app)
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	f.tree.closed[f.app]++
}

func (f *fakeFolder) Next(int) ([]string, error) {
	f.tree.begin("list " + f.app)
	return nil, io.EOF
}

func (f *fakeFolder) Stat(id string) (Signature, error) {
	f.tree.begin("stat " + f.app + "/" + id)
	return f.stat(id)
}

func (f *fakeFolder) stat(id string) (Signature, error) {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	name := f.app + "/" + id
	content, ok := f.tree.files[name]
	if !ok {
		return Signature{}, fs.ErrNotExist
	}
	return Signature{Ino: 3, Size: int64(len(content)), Mtime: f.tree.edits[name]}, nil
}

// Read takes the content first and hangs then, as a call that is late.
func (f *fakeFolder) Read(id string) (Content, error) {
	before, err := f.stat(id)
	f.tree.mu.Lock()
	content := f.tree.files[f.app+"/"+id]
	f.tree.mu.Unlock()
	f.tree.begin("read " + f.app + "/" + id)
	if err != nil {
		return Content{}, err
	}
	after, err := f.stat(id)
	if err != nil {
		return Content{}, err
	}
	return Content{Data: []byte(content), Signature: after, Stable: before == after}, nil
}

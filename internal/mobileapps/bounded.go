package mobileapps

import (
	"sync"
	"syscall"
	"time"
)

// Limits of [Bounded]. A call of a healthy disk returns within micro- or
// milliseconds; a network share that is alive within some hundred milliseconds.
const (
	// DefaultPatience is how long one call may take before it counts as hung.
	DefaultPatience = time.Second
	// leastPatience is left for each call once a pass has used up its patience.
	leastPatience = 50 * time.Millisecond
	// maxStuck is how many calls may hang before nothing new is tried, so that
	// a dead share costs a bounded number of threads. The calls that are under
	// way at that moment may still join them.
	maxStuck = 64
	// maxLate is how many late results are kept.
	maxLate = 64
)

// errHung says that a call has not returned in time, or that an earlier one on
// the same file has not returned yet.
var errHung error = syscall.ETIMEDOUT

// Bounded is a [Tree] whose calls return in bounded time, even where the file
// system below hangs. A call that hangs goes on by itself, the only one for its
// file; its caller gets ETIMEDOUT. What a late read brings is kept for the next
// look, if the file is still the same then, so that a slow share is judged too.
type Bounded struct {
	tree     Tree
	patience time.Duration
	timers   sync.Pool // of stopped timers

	mu    sync.Mutex
	hung  map[call]int // calls that nobody waits for any more and that still run
	stuck int          // their number
	late  map[call]Content
}

// NewBounded returns the tree with every call bounded. A patience of 0 is
// [DefaultPatience].
func NewBounded(tree Tree, patience time.Duration) *Bounded {
	if patience <= 0 {
		patience = DefaultPatience
	}
	return &Bounded{
		tree:     tree,
		patience: patience,
		hung:     make(map[call]int),
		late:     make(map[call]Content),
	}
}

// Open implements [Tree].
func (b *Bounded) Open() (Root, error) {
	pass, opening := newBudget(b.patience), call{what: "open"}
	root, err := try(b, pass, nil, opening, b.tree.Open, closeLate)
	if err != nil {
		return nil, err
	}
	return &boundedRoot{b: b, pass: pass, root: root, open: newHandle(b, pass, opening, root.Close)}, nil
}

// Nearest implements [Tree].
func (b *Bounded) Nearest() (Signature, error) {
	return try(b, newBudget(b.patience), nil, call{what: "nearest"}, b.tree.Nearest, forget)
}

// keepLate keeps what was read too late for the next look. Results that nobody
// asks for any more, because their file is gone, make room for newer ones.
func (b *Bounded) keepLate(c call, content Content) {
	if !content.Stable {
		return
	}
	content.Late = true
	b.mu.Lock()
	defer b.mu.Unlock()
	for other := range b.late {
		if len(b.late) < maxLate {
			break
		}
		delete(b.late, other)
	}
	b.late[c] = content
}

// takeLate returns what a late read brought, once.
func (b *Bounded) takeLate(c call) (Content, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.late[c]
	delete(b.late, c)
	return content, ok
}

type boundedRoot struct {
	b    *Bounded
	pass *budget
	root Root
	open *handle
}

func (r *boundedRoot) Signature() Signature { return r.root.Signature() }
func (r *boundedRoot) Close()               { r.open.Close() }

func (r *boundedRoot) Next(n int) ([]string, error) {
	return try(r.b, r.pass, r.open, call{what: "list"}, func() ([]string, error) { return r.root.Next(n) }, forget)
}

func (r *boundedRoot) Open(app string) (Folder, error) {
	opening := call{what: "open", app: app}
	folder, err := try(r.b, r.pass, r.open, opening, func() (Folder, error) { return r.root.Open(app) }, closeLate)
	if err != nil {
		return nil, err
	}
	return &boundedFolder{b: r.b, pass: r.pass, app: app, folder: folder, open: newHandle(r.b, r.pass, opening, folder.Close)}, nil
}

type boundedFolder struct {
	b      *Bounded
	pass   *budget
	app    string
	folder Folder
	open   *handle
}

func (f *boundedFolder) Signature() Signature { return f.folder.Signature() }
func (f *boundedFolder) Close()               { f.open.Close() }

func (f *boundedFolder) Next(n int) ([]File, error) {
	return try(f.b, f.pass, f.open, call{what: "list", app: f.app}, func() ([]File, error) { return f.folder.Next(n) }, forget)
}

func (f *boundedFolder) Stat(id string) (Signature, error) {
	return try(f.b, f.pass, f.open, call{"stat", f.app, id}, func() (Signature, error) { return f.folder.Stat(id) }, forget)
}

func (f *boundedFolder) Read(id string) (Content, error) {
	c := call{"read", f.app, id}
	if late, ok := f.b.takeLate(c); ok {
		sig, err := f.Stat(id)
		if err != nil {
			return Content{}, err
		}
		if sig == late.Signature {
			return late, nil
		}
	}
	return try(f.b, f.pass, f.open, c, func() (Content, error) { return f.folder.Read(id) }, func(read Content) { f.b.keepLate(c, read) })
}

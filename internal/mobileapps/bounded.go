package mobileapps

import (
	"sync"
	"sync/atomic"
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
	// maxStuck is how many calls may hang at once; beyond it nothing new is
	// tried, so that a dead share costs a bounded number of threads.
	maxStuck = 64
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
	stuck    atomic.Int64

	mu   sync.Mutex
	late map[string]*lateCall
}

// lateCall is a call that took too long. Done is set once it has returned.
type lateCall struct {
	done    bool
	content Content // what it read, where it was a read that succeeded
}

// NewBounded returns the tree with every call bounded. A patience of 0 is
// [DefaultPatience].
func NewBounded(tree Tree, patience time.Duration) *Bounded {
	if patience <= 0 {
		patience = DefaultPatience
	}
	return &Bounded{tree: tree, patience: patience, late: make(map[string]*lateCall)}
}

// Stuck returns how many calls have not returned in time and still run.
func (b *Bounded) Stuck() int { return int(b.stuck.Load()) }

// Open implements [Tree].
func (b *Bounded) Open() (Root, error) {
	pass := &budget{left: b.patience}
	root, err := call(b, pass, nil, "open", b.tree.Open, closeLate)
	if err != nil {
		return nil, err
	}
	return &boundedRoot{b: b, pass: pass, root: root, open: newHandle(root.Close)}, nil
}

// Nearest implements [Tree].
func (b *Bounded) Nearest() (Signature, error) {
	return call(b, &budget{left: b.patience}, nil, "nearest", b.tree.Nearest, forget)
}

// budget is the patience that one pass has left for calls that hang: many of
// them must not add up.
type budget struct {
	mu   sync.Mutex
	left time.Duration
}

func (p *budget) get() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.left, leastPatience)
}

func (p *budget) spend(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left -= d
}

// call runs f on an open folder (nil: on none), in a goroutine of its own, and
// waits for it as long as the pass's patience lasts. There is never more than
// one call of a name at a time. What a late call returns goes to late.
func call[T any](b *Bounded, pass *budget, open *handle, name string, f func() (T, error), late func(*lateCall, T)) (T, error) {
	var none T
	b.mu.Lock()
	if l := b.late[name]; l != nil && !l.done {
		b.mu.Unlock()
		return none, errHung
	}
	b.mu.Unlock()
	if b.stuck.Load() >= maxStuck {
		return none, errHung
	}

	type result struct {
		value T
		err   error
	}
	var (
		returned  = make(chan result, 1)
		abandoned *lateCall // guarded by b.mu
		finished  bool      // guarded by b.mu
	)
	open.retain()
	go func() {
		value, err := f()
		open.release()
		b.mu.Lock()
		defer b.mu.Unlock()
		if abandoned == nil {
			finished = true
			returned <- result{value, err}
			return
		}
		abandoned.done = true
		b.stuck.Add(-1)
		if err == nil {
			late(abandoned, value)
		}
		if abandoned.content.Data == nil {
			delete(b.late, name)
		}
	}()

	patience := pass.get()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case r := <-returned:
		return r.value, r.err
	case <-timer.C:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if finished { // just now
		r := <-returned
		return r.value, r.err
	}
	pass.spend(patience)
	abandoned = &lateCall{}
	b.late[name] = abandoned
	b.stuck.Add(1)
	return none, errHung
}

// forget drops what came too late.
func forget[T any](*lateCall, T) {}

// closeLate closes what was opened too late.
func closeLate[T interface{ Close() }](_ *lateCall, opened T) { opened.Close() }

// keepLate keeps what was read too late for the next look.
func keepLate(l *lateCall, c Content) {
	if c.Stable {
		c.Late = true
		l.content = c
	}
}

// takeLate returns what a late read of a name brought, once.
func (b *Bounded) takeLate(name string) (Content, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.late[name]
	if l == nil || !l.done {
		return Content{}, false
	}
	delete(b.late, name)
	return l.content, true
}

// handle closes an open folder once its owner and every call on it that still
// hangs have let go: closing it earlier would hand its descriptor to somebody
// else while the call is still using it.
type handle struct {
	users atomic.Int64
	close func()
}

func newHandle(closeIt func()) *handle {
	h := &handle{close: closeIt}
	h.users.Store(1)
	return h
}

func (h *handle) retain() {
	if h != nil {
		h.users.Add(1)
	}
}

func (h *handle) release() {
	if h != nil && h.users.Add(-1) == 0 {
		h.close()
	}
}

type boundedRoot struct {
	b    *Bounded
	pass *budget
	root Root
	open *handle
}

func (r *boundedRoot) Signature() Signature { return r.root.Signature() }
func (r *boundedRoot) Close()               { r.open.release() }

func (r *boundedRoot) Next(n int) ([]string, error) {
	return call(r.b, r.pass, r.open, "list", func() ([]string, error) { return r.root.Next(n) }, forget)
}

func (r *boundedRoot) Open(app string) (Folder, error) {
	folder, err := call(r.b, r.pass, r.open, "open/"+app, func() (Folder, error) { return r.root.Open(app) }, closeLate)
	if err != nil {
		return nil, err
	}
	return &boundedFolder{b: r.b, pass: r.pass, app: app, folder: folder, open: newHandle(folder.Close)}, nil
}

type boundedFolder struct {
	b      *Bounded
	pass   *budget
	app    string
	folder Folder
	open   *handle
}

func (f *boundedFolder) Signature() Signature { return f.folder.Signature() }
func (f *boundedFolder) Close()               { f.open.release() }

func (f *boundedFolder) Next(n int) ([]File, error) {
	return call(f.b, f.pass, f.open, "list/"+f.app, func() ([]File, error) { return f.folder.Next(n) }, forget)
}

func (f *boundedFolder) Stat(id string) (Signature, error) {
	return call(f.b, f.pass, f.open, "stat/"+f.app+"/"+id, func() (Signature, error) { return f.folder.Stat(id) }, forget)
}

func (f *boundedFolder) Read(id string) (Content, error) {
	name := "read/" + f.app + "/" + id
	if late, ok := f.b.takeLate(name); ok {
		sig, err := f.Stat(id)
		if err == nil && sig == late.Signature {
			return late, nil
		}
	}
	return call(f.b, f.pass, f.open, name, func() (Content, error) { return f.folder.Read(id) }, keepLate)
}

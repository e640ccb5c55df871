package mobileapps

import (
	"bytes"
	"sync"
	"sync/atomic"
	"time"

	"sessiond/internal/session"
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
var errHung error = session.ErrnoHangs

// Bounded is a [Tree] whose calls return in bounded time, even where the file
// system below hangs. A call that hangs goes on by itself, the only one for its
// file; its caller gets ETIMEDOUT. What a late read brings is kept for the next
// look, if the file is still the same then, so that a slow share is judged too.
type Bounded struct {
	tree     Tree
	patience time.Duration
	buffers  sync.Pool // of *[]byte, for reads

	mu    sync.Mutex
	hung  map[call]int // calls that nobody waits for any more and that still run
	stuck int          // their number
	late  map[call]Content
	// odd is how many of both there are, for a look without the lock.
	odd atomic.Int64
	// steps is how often a call returned or was given up; of many that are made
	// in turns, some stand for all.
	steps atomic.Uint64
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

// Steps returns a number that grows, at least once within the patience, for as
// long as a pass asks anything of the tree. One that stands still tells that none
// does.
func (b *Bounded) Steps() uint64 { return b.steps.Load() }

// Open implements [Tree].
func (b *Bounded) Open() (Root, error) {
	pass, opening := newBudget(b), call{what: "open"}
	root, err := try(b, pass, nil, opening, b.tree.Open, closeLate)
	if err != nil {
		return nil, err
	}
	return &boundedRoot{b: b, pass: pass, root: root, open: newHandle(b, pass, opening, root.Close)}, nil
}

// Nearest implements [Tree].
func (b *Bounded) Nearest(last Place) (Nearest, error) {
	return try(b, newBudget(b), nil, call{what: "nearest"}, func() (Nearest, error) { return b.tree.Nearest(last) }, forget)
}

// keepLate keeps what was read too late for the next look. Results that nobody
// asks for any more, because their file is gone, make room for newer ones.
func (b *Bounded) keepLate(c call, content Content) {
	if !content.Stable {
		return
	}
	content.Late = true
	content.Data = bytes.Clone(content.Data)
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.count()
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
	defer b.count()
	content, ok := b.late[c]
	delete(b.late, c)
	return content, ok
}

// atEase reports whether nothing hangs and nothing late is kept.
func (b *Bounded) atEase() bool { return b.odd.Load() == 0 }

// count is called with the lock held, once something hangs, has returned, or is
// kept, or not any more.
func (b *Bounded) count() { b.odd.Store(int64(len(b.hung) + len(b.late))) }

// readBuffer is how long a session file may be, in bytes, to be read into a
// buffer that many share. They are far shorter.
const readBuffer = 16 << 10

func (b *Bounded) takeBuffer() []byte {
	if buffer, ok := b.buffers.Get().(*[]byte); ok {
		return *buffer
	}
	return make([]byte, readBuffer)
}

func (b *Bounded) giveBuffer(buffer []byte) { b.buffers.Put(&buffer) }

type boundedRoot struct {
	b    *Bounded
	pass *budget
	root Root
	open *handle
}

func (r *boundedRoot) Signature() Signature { return r.root.Signature() }
func (r *boundedRoot) Mount() Mount         { return r.root.Mount() }
func (r *boundedRoot) Close()               { r.open.Close() }

func (r *boundedRoot) Place() (Place, error) {
	return try(r.b, r.pass, r.open, call{what: "place"}, r.root.Place, forget)
}

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

func (f *boundedFolder) Signature() Signature   { return f.folder.Signature() }
func (f *boundedFolder) Mount() Mount           { return f.folder.Mount() }
func (f *boundedFolder) Close()                 { f.open.Close() }
func (f *boundedFolder) FileSystem() FileSystem { return f.folder.FileSystem() }

func (f *boundedFolder) Next(n int) ([]string, error) {
	return try(f.b, f.pass, f.open, call{what: "list", app: f.app}, func() ([]string, error) { return f.folder.Next(n) }, forget)
}

func (f *boundedFolder) Stat(id string) (Signature, error) {
	var b Batch
	b.Add(id)
	f.look(&b, 1, b.Entry)
	return b.entries[0].Signature, b.entries[0].Err
}

func (f *boundedFolder) Read(id string) (read Content, err error) {
	var b Batch
	b.Add(id)
	f.readEach(&b, []int{0}, func(_ int, c Content, fault error) {
		read, err = c, fault
		read.Data = bytes.Clone(c.Data)
	})
	return read, err
}

// list fills a batch. A call that hangs goes on filling one of its own, with the room
// that the batch had.
func (f *boundedFolder) list(b *Batch) error {
	c := call{what: "list", app: f.app}
	if !f.b.mayTry(c) {
		return errHung
	}
	var fault error
	own := *b
	l, t := asLister(f.folder), newTurns(0)
	f.open.retain()
	go func() {
		for i := 0; ; i++ {
			more, err := l.list(&own)
			if !t.claim(i) {
				f.open.release()
				f.b.hasReturned(c)
				return
			}
			if !more {
				fault = err
				break
			}
			t.done(i)
		}
		f.open.release()
		t.end()
	}()
	if _, hung := f.pass.await(t); hung {
		f.b.giveUp(c)
		*b = Batch{}
		return errHung
	}
	*b = own
	return fault
}

// look looks at n files of a batch, which at returns.
func (f *boundedFolder) look(b *Batch, n int, at func(i int) *Entry) {
	l := asLister(f.folder)
	f.inTurns(kind{what: "stat"}, n, at, func(t *turns, _ []byte, i int, e *Entry) bool {
		var sig Signature
		err := errHung
		if f.b.atEase() || f.b.mayTry(call{"stat", f.app, e.ID()}) {
			sig, err = l.stat(e)
		}
		if !t.claim(i) {
			return false
		}
		e.Signature, e.Err = sig, err
		return true
	}, func(i int) {
		b.abandoned = true
		e := at(i)
		e.Signature, e.Err = Signature{}, errHung
	})
}

// readsAtOnce is how many files are read, and judged, in one time slice of 10 ms: some
// milliseconds' worth on a slow machine.
const readsAtOnce = 64

// readEach reads files of a batch.
func (f *boundedFolder) readEach(b *Batch, files []int, use func(file int, c Content, err error)) {
	l := asLister(f.folder)
	at := func(i int) *Entry { return &b.entries[files[i]] }
	f.inTurns(kind{what: "read", atOnce: readsAtOnce}, len(files), at, func(t *turns, buffer []byte, i int, e *Entry) bool {
		content, err := f.readOne(l, e, buffer)
		if !t.claim(i) {
			if err == nil && !content.Late {
				f.b.keepLate(call{"read", f.app, e.ID()}, content)
			}
			return false
		}
		use(files[i], content, err)
		return true
	}, func(i int) {
		b.abandoned = true
		use(files[i], Content{}, errHung)
	})
}

// readOne reads a file, or takes what a late read of it brought if the file is
// still the same.
func (f *boundedFolder) readOne(l lister, e *Entry, buffer []byte) (Content, error) {
	if f.b.atEase() {
		return l.read(e, buffer)
	}
	c := call{"read", f.app, e.ID()}
	if !f.b.mayTry(c) {
		return Content{}, errHung
	}
	if late, ok := f.b.takeLate(c); ok {
		sig, err := l.stat(e)
		if err != nil {
			return Content{}, err
		}
		if sig == late.Signature {
			return late, nil
		}
	}
	return l.read(e, buffer)
}

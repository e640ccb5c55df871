package mobileapps

import (
	"sync"
	"sync/atomic"
	"time"

	"sessiond/internal/hang"
	"sessiond/internal/session"
)

// Limits of [Bounded]. A call of a healthy disk returns within micro- or
// milliseconds; a network share that is alive within some hundred milliseconds.
const (
	// DefaultPatience is how long one call may take before it counts as hung.
	DefaultPatience = time.Second
	// leastPatience is the patience with each call of a pass once one of them has
	// hung. It is enough for a slow share; less would make one folder that hangs
	// keep all others from being judged.
	leastPatience = 250 * time.Millisecond
	// maxHung is how many calls may hang before nothing new is tried, so that a dead
	// share costs a bounded number of threads. The calls that are under way at that
	// moment may still join them.
	maxHung = 64
)

// errHung says that a call has not returned in time, or that an earlier one about
// the same folder has not returned yet.
var errHung error = session.ErrHangs

// Bounded is a [Tree] whose calls return in bounded time, even where the file
// system below hangs. A call that hangs goes on by itself, and its folder, or the
// root, is left alone until it has returned. Meanwhile each call about that folder
// gets ETIMEDOUT, as a [FolderError] where it is about a file.
type Bounded struct {
	tree     Tree
	patience time.Duration
	guard    *hang.Guard[string] // by the app folder's name, "" for the root
	reads    sync.Pool           // of *reads
}

// NewBounded returns the tree with every call bounded. A patience of 0 is
// [DefaultPatience].
func NewBounded(tree Tree, patience time.Duration) *Bounded {
	if patience <= 0 {
		patience = DefaultPatience
	}
	b := &Bounded{tree: tree, patience: patience, guard: hang.New[string](maxHung, nil, nil)}
	b.reads.New = func() any { return &reads{buffer: make([]byte, readRoom)} }
	return b
}

// Steps returns a number that grows, at least once within one and a quarter times
// the patience, for as long as a pass makes calls. If it does not grow, no pass
// does.
func (b *Bounded) Steps() uint64 { return b.guard.Progress() }

// Open implements [Tree].
func (b *Bounded) Open() (Root, error) {
	t := &target{b: b, impatient: new(atomic.Bool)}
	root, err := ask(t, b.tree.Open, Root.Close)
	if err != nil {
		return nil, err
	}
	return &boundedRoot{Root: root, target: t.opened(root.Close)}, nil
}

// Nearest implements [Tree].
func (b *Bounded) Nearest(last Place) (Nearest, error) {
	t := &target{b: b, impatient: new(atomic.Bool)}
	return ask(t, func() (Nearest, error) { return b.tree.Nearest(last) }, nil)
}

// target is the root or an app folder, as the object of a call.
type target struct {
	b    *Bounded
	app  string // "" for the root
	open *handle

	// impatient is true once a call of the same pass has hung: many that hang must
	// not add up.
	impatient *atomic.Bool
}

// opened returns the target with what is now open.
func (t *target) opened(closeIt func()) *target {
	return &target{b: t.b, app: t.app, open: newHandle(closeIt), impatient: t.impatient}
}

// do does work with the target, as [hang.Guard.Do] does.
func (t *target) do(work func(*hang.Call)) error {
	if t.b.guard.Hangs(t.app) {
		return errHung
	}
	patience := t.b.patience
	if t.impatient.Load() {
		patience = min(patience, leastPatience)
	}
	err := t.b.guard.Do(t.app, patience, func(c *hang.Call) {
		if t.open.retain() {
			defer t.open.release()
			work(c)
		}
	})
	if err != nil {
		t.impatient.Store(true)
		return errHung
	}
	return nil
}

// ask makes one call. If it returns too late, its result is undone.
func ask[T any](t *target, call func() (T, error), undo func(T)) (T, error) {
	var answer, none T
	var fault error
	err := t.do(func(c *hang.Call) {
		answer, fault = call()
		if fault == nil && undo != nil {
			c.Undo(func() { undo(answer) })
		}
	})
	if err != nil {
		return none, err
	}
	return answer, fault
}

// close closes what is open. Closing may hang, too, on a network share that ends a
// listing with a request of its own; the next open will notice.
func (t *target) close() {
	if !t.open.letGo() {
		return
	}
	var begun atomic.Bool
	closeIt := func() {
		if !begun.Swap(true) {
			t.open.close()
		}
	}
	closing := &target{b: t.b, app: t.app, impatient: t.impatient}
	if closing.do(func(*hang.Call) { closeIt() }) != nil {
		go closeIt() // unless it was begun, and hangs
	}
}

type boundedRoot struct {
	Root
	*target
}

func (r *boundedRoot) Close() { r.close() }

func (r *boundedRoot) Place() (Place, error) { return ask(r.target, r.Root.Place, nil) }

// Links implements [LinkCounter].
func (r *boundedRoot) Links() int {
	if counter, can := r.Root.(LinkCounter); can {
		return counter.Links()
	}
	return 0
}

func (r *boundedRoot) Next(n int) ([]string, error) {
	return ask(r.target, func() ([]string, error) { return r.Root.Next(n) }, nil)
}

func (r *boundedRoot) Open(app string) (Folder, error) {
	// The root stays open as long as a call hangs that opens a folder in it.
	t := &target{b: r.b, app: app, open: r.target.open, impatient: r.impatient}
	folder, err := ask(t, func() (Folder, error) { return r.Root.Open(app) }, Folder.Close)
	if err != nil {
		return nil, err
	}
	return &boundedFolder{Folder: folder, target: t.opened(folder.Close)}, nil
}

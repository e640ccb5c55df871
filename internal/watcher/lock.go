package watcher

import (
	"sync/atomic"
	"time"

	"sessiond/internal/hang"
)

// defaultPatience is how long the file system may take for one step of work with the
// watches before it counts as hung. A healthy disk answers within micro- or
// milliseconds, a network share that is alive within some hundred milliseconds.
const defaultPatience = time.Second

// boundedLock serialises the work with the watches, and no caller waits for a file
// system that hangs: a pass must go on without its watches then. All watches share
// one notifier, which may hold a lock of its own while it hangs, so the guard has
// one key for all folders. When work is given up, everybody who waits for the lock,
// or asks for it before that work has returned, is refused.
type boundedLock struct {
	patience time.Duration
	guard    *hang.Guard[struct{}]
	call     *hang.Call // of the holder

	held  chan struct{}                 // full while the lock is taken
	stuck atomic.Pointer[chan struct{}] // closed while work that was given up runs
}

// newBoundedLock returns a lock that calls gaveUp once for work that is given up,
// while it still runs, and cameBack when that work has returned after all, before
// the lock is free again.
func newBoundedLock(gaveUp, cameBack func()) *boundedLock {
	l := &boundedLock{patience: defaultPatience, held: make(chan struct{}, 1)}
	l.unstick()
	l.guard = hang.New(0, func(struct{}) {
		gaveUp()
		close(*l.stuck.Load())
	}, func(struct{}) {
		cameBack()
		l.unstick()
		l.Unlock()
	})
	return l
}

// Lock takes the lock, however long that takes.
func (l *boundedLock) Lock() { l.held <- struct{}{} }

// Unlock gives the lock back.
func (l *boundedLock) Unlock() { <-l.held }

// do does work under the lock and reports whether it is done. If it is not, it was
// given up or not even begun.
func (l *boundedLock) do(work func()) bool {
	select {
	case l.held <- struct{}{}:
	case <-*l.stuck.Load():
		return false
	}
	err := l.guard.Do(struct{}{}, l.patience, func(c *hang.Call) {
		l.call = c
		work()
	})
	if err != nil {
		return false // the lock is given back when the work returns
	}
	l.Unlock()
	return true
}

// step is called by work between its steps. It returns [hang.ErrHung] where the
// work was given up, and should end.
func (l *boundedLock) step() error { return l.call.Step() }

func (l *boundedLock) unstick() {
	stuck := make(chan struct{})
	l.stuck.Store(&stuck)
}

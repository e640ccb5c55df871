package watcher

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// defaultPatience is how long the file system may take for one step of a turn
// before it counts as hung. A healthy disk answers within micro- or
// milliseconds, a network share that is alive within some hundred milliseconds.
const defaultPatience = time.Second

// errHung says that a call into the file system has not returned in time.
var errHung = errors.New("the file system does not answer")

// turns lets one at a time work with the watches, and nobody wait for a file
// system that hangs: a pass must go on without its watches then. A system call
// cannot be called off, so work runs in a goroutine of its own. Where it takes
// too long it is given up: who waits for it or for a turn, or comes for one
// later, is sent away, until the work has returned by itself. That makes many
// folders on a hung file system cost the patience once.
type turns struct {
	patience time.Duration
	// gaveUp is called once for work that is given up, while it still runs;
	// cameBack when that work has returned after all, as the end of its turn.
	gaveUp, cameBack func()

	taken chan struct{}                 // full while somebody has the turn
	stuck atomic.Pointer[chan struct{}] // closed while work that was given up runs
	went  atomic.Int64                  // when work last went on, since born
	born  time.Time

	mu sync.Mutex // decides whether work has returned or is given up
}

func newTurns(gaveUp, cameBack func()) *turns {
	t := &turns{
		patience: defaultPatience,
		gaveUp:   gaveUp,
		cameBack: cameBack,
		taken:    make(chan struct{}, 1),
		born:     time.Now(),
	}
	t.unstick()
	return t
}

// Lock takes a turn without work, however long that takes.
func (t *turns) Lock() { t.taken <- struct{}{} }

// Unlock ends a turn that was taken by Lock.
func (t *turns) Unlock() { <-t.taken }

// try does the work in a turn and reports whether it is done. If it is not, it
// was given up or not even begun.
func (t *turns) try(work func()) bool {
	select {
	case t.taken <- struct{}{}:
	case <-*t.stuck.Load():
		return false
	}
	done := make(chan struct{})
	go func() {
		work()
		t.finish(done)
	}()
	return t.await(done)
}

// finish ends the turn of work that has returned.
func (t *turns) finish(done chan struct{}) {
	if t.returns(done) {
		return
	}
	t.cameBack()
	t.unstick()
	t.Unlock()
}

// returns ends the turn of work that was not given up.
func (t *turns) returns(done chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isStuck() {
		return false
	}
	t.Unlock() // first: who learns that it is done may take the next turn
	close(done)
	return true
}

// await waits for work as long as it goes on.
func (t *turns) await(done <-chan struct{}) bool {
	timer := time.NewTimer(t.patience)
	defer timer.Stop()
	for {
		select {
		case <-done:
			return true
		case <-timer.C:
		}
		// A step of an earlier turn is too long ago to count.
		if left := time.Duration(t.went.Load()) + t.patience - time.Since(t.born); left > 0 {
			timer.Reset(left)
			continue
		}
		return !t.giveUp(done)
	}
}

// giveUp gives work up, unless it has returned.
func (t *turns) giveUp(done <-chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-done:
		return false
	default:
	}
	t.gaveUp()
	close(*t.stuck.Load())
	return true
}

// goOn is called by work between its steps. It returns errHung where the work
// was given up, and had better end.
func (t *turns) goOn() error {
	if t.isStuck() {
		return errHung
	}
	t.went.Store(int64(time.Since(t.born)))
	return nil
}

func (t *turns) isStuck() bool {
	select {
	case <-*t.stuck.Load():
		return true
	default:
		return false
	}
}

func (t *turns) unstick() {
	stuck := make(chan struct{})
	t.stuck.Store(&stuck)
}

package mobileapps

import (
	"sync/atomic"
	"time"
)

// call names one thing that is asked of the tree. An open and the close that
// belongs to it have one name: where closing hangs, nothing is opened either.
type call struct {
	what    string
	app, id string
}

// attempt is one call under way. Its caller and the goroutine that makes it
// decide by decided whether it returned or was given up, whoever comes first.
type attempt[T any] struct {
	decided  atomic.Bool
	returned chan struct{}
	value    T
	err      error
}

// try makes a call, unless an earlier one of the same name, or too many of any
// name, have not returned yet.
func try[T any](b *Bounded, pass *budget, open *handle, c call, f func() (T, error), late func(T)) (T, error) {
	if !b.mayTry(c) {
		var none T
		return none, errHung
	}
	return wait(b, pass, open, c, f, late)
}

// wait runs f on an open folder (nil: on none), in a goroutine of its own, and
// waits for it as long as the pass's patience lasts. What comes after that goes
// to late.
func wait[T any](b *Bounded, pass *budget, open *handle, c call, f func() (T, error), late func(T)) (T, error) {
	a := &attempt[T]{returned: make(chan struct{}, 1)}
	open.retain()
	go func() {
		a.value, a.err = f()
		open.release()
		if a.decided.CompareAndSwap(false, true) {
			a.returned <- struct{}{}
			return
		}
		// All that may hang comes before the call counts as returned, and none
		// of it holds up others.
		if a.err == nil {
			late(a.value)
		}
		b.hasReturned(c)
	}()

	patience := pass.get()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-a.returned:
		return a.value, a.err
	case <-timer.C:
	}
	if !b.giveUp(c, &a.decided) { // it returned just now
		<-a.returned
		return a.value, a.err
	}
	pass.spend(patience)
	var none T
	return none, errHung
}

// forget drops what came too late.
func forget[T any](T) {}

// closeLate closes what was opened too late.
func closeLate[T interface{ Close() }](opened T) { opened.Close() }

// mayTry reports whether a call may be made.
func (b *Bounded) mayTry(c call) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stuck < maxStuck && b.hung[c] == 0
}

// giveUp counts a call as hung, unless it has returned.
func (b *Bounded) giveUp(c call, decided *atomic.Bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !decided.CompareAndSwap(false, true) {
		return false
	}
	b.hung[c]++
	b.stuck++
	return true
}

// hasReturned counts a call that hung as returned.
func (b *Bounded) hasReturned(c call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stuck--
	b.hung[c]--
	if b.hung[c] == 0 {
		delete(b.hung, c)
	}
}

// budget is the patience that one pass has left for calls that hang: many of
// them must not add up.
type budget struct{ left atomic.Int64 }

func newBudget(patience time.Duration) *budget {
	b := &budget{}
	b.left.Store(int64(patience))
	return b
}

func (b *budget) get() time.Duration    { return max(time.Duration(b.left.Load()), leastPatience) }
func (b *budget) spend(d time.Duration) { b.left.Add(-int64(d)) }

// handle closes an open folder once, when its owner and every call on it that
// still hangs have let go: closing it earlier would hand its descriptor to
// somebody else while the call is still using it.
type handle struct {
	b       *Bounded
	pass    *budget
	opening call
	close   func()

	closed atomic.Bool  // by its owner
	users  atomic.Int64 // the owner, and the calls under way
}

func newHandle(b *Bounded, pass *budget, opening call, closeIt func()) *handle {
	h := &handle{b: b, pass: pass, opening: opening, close: closeIt}
	h.users.Store(1)
	return h
}

func (h *handle) retain() {
	if h != nil {
		h.users.Add(1)
	}
}

// release is called where a call on the folder has returned, by the goroutine
// that made it: what hangs there holds up nobody.
func (h *handle) release() {
	if h != nil && h.users.Add(-1) == 0 {
		h.close()
	}
}

// Close lets go of the folder for its owner. Closing may hang too, on a network
// share that ends a listing with a request of its own.
func (h *handle) Close() {
	if h.closed.Swap(true) || h.users.Add(-1) != 0 {
		return
	}
	// Whether it hung is for the next open to say.
	_, _ = wait(h.b, h.pass, nil, h.opening, func() (struct{}, error) {
		h.close()
		return struct{}{}, nil
	}, forget)
}

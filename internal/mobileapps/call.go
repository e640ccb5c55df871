package mobileapps

import (
	"sync/atomic"
)

// call names one thing that is asked of the tree. An open and the close that
// belongs to it have one name: where closing hangs, nothing is opened either.
type call struct {
	what    string
	app, id string
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
	var returned, none T
	var err error
	t := newTurns(0)
	open.retain()
	go func() {
		value, fault := f()
		open.release()
		if !t.claim(0) {
			// All that may hang comes before the call counts as returned, and none
			// of it holds up others.
			if fault == nil {
				late(value)
			}
			b.hasReturned(c)
			return
		}
		returned, err = value, fault
		t.end()
	}()
	if _, hung := pass.await(t); hung {
		b.giveUp(c)
		return none, errHung
	}
	return returned, err
}

// forget drops what came too late.
func forget[T any](T) {}

// closeLate closes what was opened too late.
func closeLate[T interface{ Close() }](opened T) { opened.Close() }

// mayTry reports whether a call may be made.
func (b *Bounded) mayTry(c call) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stuck < maxStuck && b.hung[c] <= 0
}

// giveUp counts a call as hung.
func (b *Bounded) giveUp(c call) { b.countHung(c, 1) }

// hasReturned counts a call that hung as returned. That may be before it counts as
// hung, if it returned just then.
func (b *Bounded) hasReturned(c call) { b.countHung(c, -1) }

func (b *Bounded) countHung(c call, more int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stuck += more
	b.hung[c] += more
	if b.hung[c] == 0 {
		delete(b.hung, c)
	}
	b.count()
}

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

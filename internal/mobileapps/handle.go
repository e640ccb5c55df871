package mobileapps

import "sync/atomic"

// handle is what is open. It is closed once, when its owner and every call on it
// that still hangs have let go: closing it earlier would hand its descriptor to
// somebody else while the call is still using it. A nil handle is that of nothing
// open.
type handle struct {
	close func()
	left  atomic.Bool  // by its owner
	users atomic.Int64 // the owner, and the work under way
}

func newHandle(closeIt func()) *handle {
	h := &handle{close: closeIt}
	h.users.Store(1)
	return h
}

// retain is called where work begins. It returns false where all have let go: the
// work was given up before it could begin, and nobody wants it any more.
func (h *handle) retain() bool {
	if h == nil {
		return true
	}
	for {
		switch n := h.users.Load(); {
		case n == 0:
			return false
		case h.users.CompareAndSwap(n, n+1):
			return true
		}
	}
}

// release is called where work ends, by the goroutine that did it: what hangs there
// holds up nobody.
func (h *handle) release() {
	if h != nil && h.users.Add(-1) == 0 {
		h.close()
	}
}

// letGo is called by the owner, and reports whether it has to close: nobody else
// uses the handle, and the owner had not let go before.
func (h *handle) letGo() bool { return !h.left.Swap(true) && h.users.Add(-1) == 0 }

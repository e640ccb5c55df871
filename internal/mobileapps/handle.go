package mobileapps

import "sync/atomic"

// handle counts the users of an open file or folder. It is closed once, when its
// owner and every call on it that still hangs are done with it: if it were closed
// earlier, its descriptor could be reused while a call still uses it. A nil handle
// stands for nothing open.
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

// retain is called where work begins. It returns false if nobody uses the handle
// any more: the work was given up before it could begin.
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

// release is called where work ends, by the goroutine that did it, so a close that
// hangs delays no other.
func (h *handle) release() {
	if h != nil && h.users.Add(-1) == 0 {
		h.close()
	}
}

// letGo is called by the owner, and reports whether the owner has to close: nobody
// else uses the handle, and the owner has not called it before.
func (h *handle) letGo() bool { return !h.left.Swap(true) && h.users.Add(-1) == 0 }

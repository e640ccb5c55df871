package refresh_test

import (
	"slices"
	"sync"
	"testing"

	"sessiond/internal/refresh"
)

// record is a [refresh.Watches] that remembers the calls since it was asked
// last, and can do something at a renewal.
type record struct {
	mu    sync.Mutex
	calls []string
	renew func(app string)
}

func (w *record) note(call string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, call)
}

func (w *record) Forget(app string) { w.note("forget " + app) }

func (w *record) Renew(app string) {
	w.note("renew " + app)
	if w.renew != nil {
		w.renew(app)
	}
}

// take returns the calls, the root's first and those about folders, which may
// come in any order, sorted.
func (w *record) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := w.calls
	w.calls = nil
	if len(calls) > 0 {
		slices.Sort(calls[1:])
	}
	return calls
}

// A pass renews the watches of all folders that it looks at, before it does.
func TestWatches(t *testing.T) {
	watches := &record{}
	r := newRigWith(t, refresh.Config{Watches: watches}, "a.b/1", "valid 1", "c.d/1", "valid")
	r.full()
	diff(t, "calls", []string{"renew ", "renew a.b", "renew c.d"}, watches.take())
	r.look(one)
	diff(t, "calls", []string{"renew ", "renew a.b"}, watches.take())
	r.look()
	diff(t, "calls", []string{"renew "}, watches.take())

	r.tree.remove("a.b")
	r.full()
	diff(t, "calls", []string{"renew ", "forget a.b", "renew a.b", "renew c.d"}, watches.take())
	r.rest()
	watches.take()
	r.full()
	diff(t, "calls", []string{"renew ", "renew c.d"}, watches.take())

	r.tree.remove("")
	r.full()
	diff(t, "calls", []string{"renew ", "forget c.d"}, watches.take())

	// What happens up to the renewal is seen by the look.
	watches.renew = func(app string) {
		switch app {
		case "":
			r.tree.write("a.b/1", "valid 1")
		case "a.b":
			r.tree.write("a.b/2", "valid 2")
		}
	}
	diff(t, "checked", 2, r.full().Checked)
}

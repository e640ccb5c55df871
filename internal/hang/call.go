package hang

import (
	"sync/atomic"
	"time"
)

// Call is work under way.
type Call struct {
	steps   atomic.Int64
	givenUp atomic.Bool
	undo    func()
}

// Step is called by work between its steps: the patience begins again. It returns
// [ErrHung] where the work was given up, and had better end.
func (c *Call) Step() error {
	c.steps.Add(1)
	if c.givenUp.Load() {
		return ErrHung
	}
	return nil
}

// Undo is called by work to say what has to be done once it has returned, where it
// was given up and nobody takes its result: to close what it opened, for instance.
// Until that is done, too, what the work is about is left alone.
func (c *Call) Undo(f func()) { c.undo = f }

// watched is a call whose progress a Guard watches. All but the call and over belong
// to the Guard's lock.
type watched[K comparable] struct {
	Call
	key K
	// over has a value once the work has returned or was given up.
	over chan struct{}
	// patience is how long it may go without a step, idle how long it has as far as
	// looks can tell, and seen how many steps there were at the last look.
	patience, idle time.Duration
	seen           int64
}

// reset makes the call one that has not begun, about another key.
func (w *watched[K]) reset(key K, patience time.Duration) {
	w.steps.Store(0)
	w.undo = nil
	w.key, w.patience, w.idle, w.seen = key, interval(patience)*looks, 0, 0
}

// looks is how many looks in a row that find no progress make up the patience.
const looks = 4

// interval returns the time between two looks at work with this patience.
func interval(patience time.Duration) time.Duration { return max(patience/looks, 1) }

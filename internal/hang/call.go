package hang

import (
	"sync"
	"sync/atomic"
	"time"
)

// looks is how many looks in a row that find no progress make up the patience.
const looks = 4

// Call is work under way.
type Call struct {
	steps atomic.Int64
	undo  func()
	over  chan struct{} // closed once the work has returned in time

	mu      sync.Mutex // decides which of the two becomes true
	done    bool
	givenUp atomic.Bool
}

func newCall() *Call { return &Call{over: make(chan struct{})} }

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

// finish ends work that has returned, and reports false where it was given up.
func (c *Call) finish() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.givenUp.Load() {
		return false
	}
	c.done = true
	close(c.over)
	return true
}

// await waits for work as long as it makes steps, and reports whether it has
// returned. Otherwise it was given up: after the patience without a step, or up to
// a quarter later. It tells of each look that finds progress. Looks are counted, not
// time: a process that did not run for a while must not give up what did not run
// either.
func (c *Call) await(patience time.Duration, progress, giveUp func()) bool {
	ticker := time.NewTicker(max(patience/looks, 1))
	defer ticker.Stop()
	for last, idle := int64(0), 0; ; {
		select {
		case <-c.over:
			return true
		case <-ticker.C:
		}
		idle++
		if steps := c.steps.Load(); steps != last {
			last, idle = steps, 0
			progress()
		}
		if idle >= looks {
			return !c.giveUp(giveUp)
		}
	}
}

// giveUp gives work up, unless it has returned.
func (c *Call) giveUp(tell func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return false
	}
	tell()
	c.givenUp.Store(true)
	return true
}

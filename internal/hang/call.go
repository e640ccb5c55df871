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
	over  chan struct{} // closed once the work has returned in time

	mu    sync.Mutex // decides whether work has returned or is given up
	state callState
}

type callState int

const (
	underWay callState = iota
	done
	givenUp
)

func newCall() *Call { return &Call{over: make(chan struct{})} }

// Step is called by work between its steps: the patience begins again. It returns
// [ErrHung] where the work was given up, and had better end.
func (c *Call) Step() error {
	c.steps.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == givenUp {
		return ErrHung
	}
	return nil
}

// finish ends work that has returned, and reports false where it was given up.
func (c *Call) finish() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == givenUp {
		return false
	}
	c.state = done
	close(c.over)
	return true
}

// await waits for work as long as it makes steps, and reports whether it has
// returned. Otherwise it was given up: after the patience without a step, or up to
// a quarter later. Looks are counted, not time: a process that did not run for a
// while must not give up what did not run either.
func (c *Call) await(patience time.Duration, giveUp func()) bool {
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
	if c.state == done {
		return false
	}
	tell()
	c.state = givenUp
	return true
}

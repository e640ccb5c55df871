package refresh_test

import (
	"sync"
	"time"

	"sessiond/internal/refresh"
)

// clock is a [refresh.Clock] that goes forward only when it is told to.
type clock struct {
	mu  sync.Mutex
	now refresh.Instant
}

func newClock() *clock {
	return &clock{now: refresh.Instant{Wall: time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)}}
}

func (c *clock) read() refresh.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// pass lets time pass on both clocks.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Wall = c.now.Wall.Add(d)
	c.now.Mono += d
}

// set moves the wall clock alone, as somebody does who sets it.
func (c *clock) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Wall = c.now.Wall.Add(by)
}

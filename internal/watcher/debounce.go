package watcher

import (
	"context"
	"sync"
	"time"
)

// debouncer gathers changes and hands them on to a sink (refresh contract, section
// 6, "File change"): the first after a quiet time at once, those that follow
// together, delay after the last and at most longest after the first of them.
// Quiet means that nothing came for longest.
//
// Looking at the first at once is what makes a single edit visible without
// delay; gathering the rest is what keeps a folder that never rests from costing
// a pass for each event.
type debouncer struct {
	delay, longest time.Duration
	sink           func(Change)

	wake chan struct{} // the pending change is due earlier than run knows

	mu      sync.Mutex
	pending Change
	since   time.Time // when the first came of what is pending
	first   time.Time // the same, of what is gathered
	last    time.Time // when anything last came; zero: never
	due     time.Time // when the pending change must go on
	handing bool      // the sink is being called
}

func newDebouncer(delay, longest time.Duration, sink func(Change)) *debouncer {
	return &debouncer{delay: delay, longest: longest, sink: sink, wake: make(chan struct{}, 1)}
}

// put takes a change of something that has just happened. It never waits for the
// sink.
func (d *debouncer) put(h Change) { d.take(h, false) }

// putAtOnce takes a change that is not to be gathered: it goes on at once, with
// all that was gathered before it.
func (d *debouncer) putAtOnce(h Change) { d.take(h, true) }

func (d *debouncer) take(h Change, atOnce bool) {
	if h.Empty() {
		return
	}
	now := time.Now()

	d.mu.Lock()
	defer d.mu.Unlock()
	fresh := d.pending.Empty()
	quiet := d.last.IsZero() || now.Sub(d.last) >= d.longest
	d.last = now
	if fresh {
		d.since = now
	}
	d.pending.Merge(h)

	switch {
	case atOnce || quiet && fresh:
		d.due = now
	case fresh:
		d.first = now
		d.due = now.Add(min(d.delay, d.longest))
	case d.due.After(now): // what is due already is not put off again
		d.due = earlier(now.Add(d.delay), d.first.Add(d.longest))
		return // run wakes up at the former time and finds the new one
	default:
		return
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run hands on what was taken, one change at a time, until ctx ends.
func (d *debouncer) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wait, pending := d.wait()
		var due <-chan time.Time
		if pending {
			timer.Reset(wait)
			due = timer.C
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-due:
		}
		d.handOn()
	}
}

// wait returns how long the pending change has to wait yet.
func (d *debouncer) wait() (time.Duration, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pending.Empty() {
		return 0, false
	}
	return time.Until(d.due), true
}

// handOn calls the sink with the pending change if it is due.
func (d *debouncer) handOn() {
	d.mu.Lock()
	if d.pending.Empty() || time.Now().Before(d.due) {
		d.mu.Unlock()
		return
	}
	h := d.pending
	h.Since = d.since
	d.pending = Change{}
	d.handing = true
	d.mu.Unlock()

	d.sink(h)

	d.mu.Lock()
	d.handing = false
	d.mu.Unlock()
}

// gathering reports whether something was taken that the sink has not got yet.
func (d *debouncer) gathering() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.handing || !d.pending.Empty()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

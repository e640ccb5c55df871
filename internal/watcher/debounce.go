package watcher

import (
	"sync"
	"time"
)

// debouncer hands changes on to a sink, each key for itself: a file, an app folder,
// the whole tree (refresh contract, section 6, "File change"). An event about a key
// that was quiet for delay goes on at once. Those that follow about the same key
// are gathered, and go on delay after the last of them, longest after the first at
// the latest. So a lone edit is visible without delay, a file that is rewritten
// again and again costs few looks, and neither delays anything else.
type debouncer struct {
	delay, longest time.Duration
	// sink is called with mu held. It must neither block nor call the debouncer.
	sink func(Change)

	mu       sync.Mutex
	tree     *key
	gathered int // keys with gathered events
	closed   bool
}

func newDebouncer(delay, longest time.Duration, sink func(Change)) *debouncer {
	d := &debouncer{delay: delay, longest: longest, sink: sink}
	d.tree = &key{d: d}
	return d
}

// put takes the change that an event has just caused.
func (d *debouncer) put(c Change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	now := time.Now()
	if c.All {
		d.tree.event(now)
		return
	}
	for name := range c.Folders {
		d.tree.child(name).event(now)
	}
	for file := range c.Files {
		d.file(file).event(now)
	}
}

// file returns the key of a file, or the key above it into which it was merged.
func (d *debouncer) file(file File) *key {
	folder := d.tree.child(file.Folder)
	if folder == d.tree {
		return d.tree
	}
	return folder.child(file.Name)
}

// putAtOnce hands on a change that is not to be gathered. What was gathered below
// the folders that it names goes with it.
func (d *debouncer) putAtOnce(c Change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || c.Empty() {
		return
	}
	if c.All {
		c.Since = earlier(c.Since, d.tree.take())
	}
	for name := range c.Folders {
		if folder := d.tree.children[name]; folder != nil {
			c.Since = earlier(c.Since, folder.take())
		}
	}
	d.sink(c)
}

// gathering reports whether there are events that the sink has not got yet.
func (d *debouncer) gathering() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gathered > 0
}

// close ends all timers. Nothing is handed on any more.
func (d *debouncer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.tree.drop()
}

// earlier returns the earlier of two times; one that is zero does not count.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

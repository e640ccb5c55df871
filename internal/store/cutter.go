package store

import "slices"

// cutter cuts a row of items into parts of at most size items, and of at least
// half as many but for the last.
type cutter[T any] struct {
	size int
	emit func(part []T)
	held []T // what comes next, fewer than twice the size
}

func newCutter[T any](size int, emit func([]T)) cutter[T] {
	return cutter[T]{size: size, emit: emit, held: make([]T, 0, 2*size)}
}

func (c *cutter[T]) add(items ...T) {
	for len(items) > 0 {
		n := min(len(items), cap(c.held)-len(c.held))
		c.held = append(c.held, items[:n]...)
		items = items[n:]
		if len(c.held) == cap(c.held) {
			c.cut(c.size)
		}
	}
}

// settle cuts off what is held, if that is enough for a part. It reports whether
// nothing is held any more, so that a part from elsewhere may follow.
func (c *cutter[T]) settle() bool {
	if len(c.held) >= c.size/2 {
		c.end()
	}
	return len(c.held) == 0
}

// end cuts off all that is held.
func (c *cutter[T]) end() {
	if len(c.held) > c.size {
		c.cut(len(c.held) / 2)
	}
	if len(c.held) > 0 {
		c.cut(len(c.held))
	}
}

// cut makes a part of the first n items. It is as long as it must be and no
// longer: what is kept is kept a million times.
func (c *cutter[T]) cut(n int) {
	c.emit(slices.Clone(c.held[:n]))
	c.held = c.held[:copy(c.held, c.held[n:])]
}

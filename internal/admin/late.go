package admin

import (
	"context"
	"sync"
	"time"
)

// late is a folder or a file that is opened when that is possible, and run once.
type late[T any] struct {
	openIt func() (*T, error) // returns nil where there is nothing to open
	opened chan *T            // gives what is to be run, once
	// opening is held while it is opened.
	opening sync.Mutex

	mu  sync.Mutex // a pass and the status take it: nobody waits for the disk with it
	is  *T
	err error // why it is not open or, if it is, why the last use of it failed
}

func newLate[T any](openIt func() (*T, error)) late[T] {
	return late[T]{openIt: openIt, opened: make(chan *T, 1)}
}

// open opens it, if it is not open. It returns nil where there is nothing to open.
func (l *late[T]) open() (*T, error) {
	l.opening.Lock()
	defer l.opening.Unlock()
	if is := l.current(); is != nil {
		return is, nil
	}
	is, err := l.openIt()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.is, l.err = is, err; is != nil {
		l.opened <- is
	}
	return is, err
}

// current returns what is open, or nil.
func (l *late[T]) current() *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.is
}

// used notes how the last use of it ended.
func (l *late[T]) used(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// lastErr returns why the last attempt to open or to use it failed.
func (l *late[T]) lastErr() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// reopenEvery is the time between attempts to open what could not be opened.
const reopenEvery = 30 * time.Second

// run has it do its work, once it is open, until ctx ends and that returns.
func (l *late[T]) run(ctx context.Context, work func(is *T)) {
	again := time.NewTicker(reopenEvery)
	defer again.Stop()
	for {
		select {
		case is := <-l.opened:
			work(is)
			return
		case <-again.C:
			_, _ = l.open() // what is wrong stands in the hints
		case <-ctx.Done():
			select {
			case is := <-l.opened: // the choice between the two is random
				work(is)
			default:
			}
			return
		}
	}
}

package control

import (
	"context"
	"runtime"
)

// maxWalk is how many sessions are looked at for one page of those that pass a filter:
// milliseconds' worth, so that what waits meanwhile does not wait for long. A page is
// short then, and the client asks for the next one.
const maxWalk = 5_000

// scans bounds how many requests look at many sessions at a time: a processor is left
// to all the others, where there are two.
type scans chan struct{}

func newScans() scans { return make(scans, max(1, runtime.GOMAXPROCS(0)-1)) }

// scan calls look when its turn has come; nothing in it may wait for a client. It
// returns the context's error where that ends before.
func (s scans) scan(ctx context.Context, look func()) error {
	select {
	case s <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s }()
	look()
	return nil
}

// inTurns calls step, in turns with others, until it says that there is no more to do.
func (s scans) inTurns(ctx context.Context, step func() (more bool)) error {
	for more := true; more; {
		if err := s.scan(ctx, func() { more = step() }); err != nil {
			return err
		}
	}
	return nil
}

package watcher

import "context"

// notices are lines for the log. They are written by a goroutine of their own,
// since writing may take long, and whoever has something to say holds a lock that
// passes wait for.
type notices chan func()

// maxNotices bounds how many lines wait for a log that does not take them. More
// are dropped: the status tells what is so now.
const maxNotices = 16

func newNotices() notices { return make(notices, maxNotices) }

func (n notices) put(write func()) {
	select {
	case n <- write:
	default:
	}
}

// run writes lines until ctx ends.
func (n notices) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case write := <-n:
			write()
		}
	}
}

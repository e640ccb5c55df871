package watcher

import "context"

// notices are lines for the log. A goroutine of its own writes them, since writing
// may take long and the callers hold a lock that passes wait for.
type notices chan func()

// maxNotices bounds how many lines wait for a log that is slow. Further ones are
// dropped: the status shows the current state.
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

package socket

import (
	"context"
	"time"
)

// Grace is how long running requests get when the server is to end.
type Grace struct {
	// Usual is for requests that nothing is lost with.
	Usual time.Duration
	// Long is for all, as long as there are requests that are worth more patience. Idle
	// returns a channel that is closed once there are none; it is nil where there never are.
	Long time.Duration
	Idle func() <-chan struct{}
}

// wait returns when the grace is over, or ctx ends. After the last of those that are worth
// more patience there is the usual grace once more: its client has still to get the end of
// the answer.
func (g Grace) wait(ctx context.Context) {
	long, cancel := context.WithTimeout(ctx, g.Long)
	defer cancel()
	for {
		select {
		case <-time.After(g.Usual):
		case <-ctx.Done():
			return
		}
		if g.Idle == nil {
			return
		}
		idle := g.Idle()
		select {
		case <-idle:
			return
		default:
		}
		select {
		case <-idle:
		case <-long.Done():
			return
		}
	}
}

package client

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// patience is how long a client waits for a daemon that lets it connect and then
// says nothing: one that was stopped, or that hangs.
type patience struct {
	// answer is for what is answered from memory: longer than the daemon itself
	// makes a client wait for its first load, which is 30 s.
	answer time.Duration
	// pass is for what is answered by a pass: longer than one takes over a very
	// large tree on a slow file system, and than it waits for files in motion.
	pass time.Duration
}

func usualPatience() patience { return patience{answer: 40 * time.Second, pass: 10 * time.Minute} }

// forRequest returns how long to wait for a whole answer. Only what changes
// something runs a pass.
func (p patience) forRequest(method string) time.Duration {
	if method != http.MethodGet {
		return p.pass
	}
	return p.answer
}

// silent is what becomes of a request that was not answered in time.
func (c *Client) silent(after time.Duration) error {
	return fmt.Errorf("%w at %q: it takes requests, but has not answered for %v; "+
		"it was stopped or it hangs, see its log or start it again", ErrUnreachable, c.socket, after)
}

// limit returns a context that ends when patience does. Errors that come of that
// become [ErrUnreachable] by [whyEnded].
func (c *Client) limit(ctx context.Context, method string) (context.Context, context.CancelFunc) {
	after := c.patience.forRequest(method)
	return context.WithTimeoutCause(ctx, after, c.silent(after))
}

// limitHead is like limit, but only until begun is called: an answer that has begun
// may go on for ever.
func (c *Client) limitHead(ctx context.Context, method string) (limited context.Context, begun, cancel func()) {
	limited, end := context.WithCancelCause(ctx)
	after := c.patience.forRequest(method)
	timer := time.AfterFunc(after, func() { end(c.silent(after)) })
	return limited, func() { timer.Stop() }, func() { timer.Stop(); end(nil) }
}

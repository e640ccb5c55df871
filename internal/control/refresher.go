package control

import (
	"context"
	"time"

	"sessiond/internal/session"
)

// Refresher is what the socket may ask of the daemon. Its methods are called
// from many goroutines at once and return soon after their context has ended.
type Refresher interface {
	// Refresh returns the report of a full pass that began after the call.
	Refresh(ctx context.Context) (session.Report, error)

	// TakeRoot is Refresh, and takes what is mounted at the root and at app
	// folders now for the tree, whatever it holds.
	TakeRoot(ctx context.Context) (session.Report, error)

	// Open returns the report of a pass over one file with admission on.
	Open(ctx context.Context, key session.Key) (session.Report, error)

	// OpenAll returns the report of a full pass with admission on.
	OpenAll(ctx context.Context) (session.Report, error)

	// OpenSince returns the report of a pass, with admission on, over the files of
	// all sessions that were removed at a time or later.
	OpenSince(ctx context.Context, since time.Time) (session.Report, error)

	// Status returns what GET /v1/status shows.
	Status() session.Status

	// Ready is closed after the first load.
	Ready() <-chan struct{}
}

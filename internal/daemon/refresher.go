package daemon

import (
	"context"
	"errors"
	"os"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// errStopping is what a request gets that the daemon has no time left for.
var errStopping = errors.New("the daemon is stopping")

// Refresh implements control.Refresher: it returns the report of a full pass
// that began after the call.
func (d *Daemon) Refresh(ctx context.Context) (session.Report, error) {
	return d.queue.refresh(false).wait(ctx)
}

// TakeRoot implements control.Refresher: it is Refresh, and takes what is mounted
// now for the tree.
func (d *Daemon) TakeRoot(ctx context.Context) (session.Report, error) {
	return d.queue.refresh(true).wait(ctx)
}

// Open implements control.Refresher: it returns the report of a pass over one
// file with admission on.
func (d *Daemon) Open(ctx context.Context, key session.Key) (session.Report, error) {
	return d.queue.open(opening{key: key}).wait(ctx)
}

// OpenAll implements control.Refresher: it returns the report of a full pass
// with admission on.
func (d *Daemon) OpenAll(ctx context.Context) (session.Report, error) {
	return d.queue.open(opening{key: session.Key{}}).wait(ctx)
}

// OpenSince implements control.Refresher: it returns the report of a pass, with
// admission on, over the files of the sessions that were removed since.
func (d *Daemon) OpenSince(ctx context.Context, since time.Time) (session.Report, error) {
	return d.queue.open(opening{since: since}).wait(ctx)
}

// Ready implements control.Refresher: the channel is closed after the first
// load.
func (d *Daemon) Ready() <-chan struct{} { return d.loop.ready }

func (w *waiter) wait(ctx context.Context) (session.Report, error) {
	select {
	case report, ok := <-w.answered:
		if !ok {
			return session.Report{}, errStopping
		}
		return report, nil
	case <-ctx.Done():
		return session.Report{}, ctx.Err()
	}
}

// Status implements control.Refresher.
func (d *Daemon) Status() api.Status {
	// What is at rest now is in the view: it must be taken after the question.
	watch := d.watcher.State()
	busy := watch.Gathering || d.queue.busy()
	view := d.store.View()
	s := api.Status{
		Version:   d.version,
		PID:       os.Getpid(),
		StartedAt: d.startedAt,
		Root:      d.settings.Root,
		Admit:     d.settings.Admit,
		Watch: api.Watch{
			Mode:     string(watch.Mode),
			Degraded: watch.Degraded,
			Reason:   watch.Reason,
			Watches:  watch.Watches,
		},
		Sessions:    view.Len(),
		NotInMemory: view.NotInMemory(),
		Revision:    view.Revision(),
		Passes:      view.Passes(),
		Busy:        busy,
		LastPass:    view.LastPass(),
		LastSuccess: view.LastSuccess(),
		Errors:      view.Problems(),
		Unsettled:   view.Unsettled(),
	}
	s.Hints = d.hints(s)
	return s
}

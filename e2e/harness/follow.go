//go:build unix

package harness

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"sessiond/internal/session"
)

// Observe follows all changes since the first load. The function it returns stops
// that and tells them.
func (d *Daemon) Observe(t testing.TB) (end func() []session.Event) {
	t.Helper()
	status, err := d.Now()
	Must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var changes []session.Event
	var following sync.WaitGroup
	following.Go(func() {
		err = d.Events(ctx, new(status.Position()), func(e session.Event) error {
			changes = append(changes, e)
			return nil
		})
	})
	t.Cleanup(func() { cancel(); following.Wait() })
	return func() []session.Event {
		cancel()
		following.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("following broke off: %v", err)
		}
		return changes
	}
}

// RefreshOften asks for ten passes a second until the function it returns is
// called. Their answers wait for the file to rest, so each comes from a goroutine of
// its own. No answer, and no status, may tell of an error.
func (d *Daemon) RefreshOften(t testing.TB) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	asking.Go(func() {
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			asking.Go(func() {
				report, err := d.Refresh(ctx)
				status, asking := d.Status(ctx)
				switch err := errors.Join(err, asking); {
				case ctx.Err() != nil:
				case err != nil:
					t.Errorf("refresh: %v", err)
				case len(report.Errors)+len(status.Errors) > 0:
					t.Errorf("refresh: %+v; status: %+v", report.Errors, status.Errors)
				}
			})
		}
	})
	stop := sync.OnceFunc(func() { cancel(); asking.Wait() })
	t.Cleanup(stop)
	return stop
}

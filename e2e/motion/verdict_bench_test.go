//go:build unix

package motion

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// BenchmarkVerdict measures how long a session stays in memory after its file became
// wrong, or was deleted, and has been at rest since. It reports settle times: the two
// looks that must agree are one apart, and a verdict is to take two at most. The time
// ends with the event that tells of it and, where a refresh was asked for at once,
// with the answer.
func BenchmarkVerdict(b *testing.B) {
	for _, c := range []struct {
		name  string
		watch string
		ask   bool
		spoil func(path string) error
	}{
		{"wrong/watched", "events", false, truncateInPlace},
		{"wrong/asked", "off", true, truncateInPlace},
		{"deleted/watched", "events", false, os.Remove},
		{"deleted/asked", "off", true, os.Remove},
	} {
		b.Run(c.name, func(b *testing.B) {
			const settle = 250 * time.Millisecond
			root := filepath.Join(b.TempDir(), "MobileApps")
			key := harness.NthKey("com.example.a", 0)
			harness.Save(b, root, key, "first@example.com")
			d := harness.Launch(b, root, "--settle", settle.String(), "--watch", c.watch, "--admit", "follow", "--resync", "0")
			removed, broken := followRemovals(b, d)
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				harness.Save(b, root, key, "first@example.com")
				_, err := d.Refresh(b.Context())
				harness.Must(b, err)
				d.Reach(b, "at rest", func(s *api.Status) bool { return s.Sessions == 1 && harness.IsWell(s) })
				b.StartTimer()

				harness.Must(b, c.spoil(harness.FileOf(root, key)))
				begun := time.Now()
				if c.ask {
					_, err := d.Refresh(b.Context())
					harness.Must(b, err)
				}
				harness.Must(b, awaitRemoval(removed, broken))
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/float64(settle), "settle-times/p50")
			b.ReportMetric(float64(took[len(took)-1])/float64(settle), "settle-times/max")
		})
	}
}

func truncateInPlace(path string) error { return os.Truncate(path, 10) }

// followRemovals returns a channel that gets a value for each session removed, and
// one that gets the error with which the stream of events ends.
func followRemovals(b *testing.B, d *harness.Daemon) (removed <-chan struct{}, broken <-chan error) {
	b.Helper()
	status, err := d.Now()
	harness.Must(b, err)
	came := make(chan struct{}, 1)
	end := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end <- d.Events(ctx, new(status.Position()), func(e session.Event) error {
			if e.Action == session.ActionRemoved {
				came <- struct{}{}
			}
			return nil
		})
	}()
	b.Cleanup(func() { cancel(); <-ended })
	return came, end
}

// awaitRemoval waits for a value of [followRemovals].
func awaitRemoval(removed <-chan struct{}, broken <-chan error) error {
	select {
	case <-removed:
		return nil
	case err := <-broken:
		return fmt.Errorf("the stream of events has ended before it told of the removal: %w", err)
	case <-time.After(harness.Patience):
		return fmt.Errorf("no event has told of the removal after %v", harness.Patience)
	}
}

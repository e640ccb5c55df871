package daemon

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// The watchdog is fed while the loop gets on, however long a pass takes, and not
// when it is stuck.
func TestWatchLiveness(t *testing.T) {
	const pause, hour = 5 * time.Second, time.Hour
	for name, test := range map[string]struct {
		steps func(since time.Duration) uint64
		idle  bool
		fed   bool
	}{
		"a loop that waits for something to do": {func(time.Duration) uint64 { return 7 }, true, true},
		"a long pass":                           {func(since time.Duration) uint64 { return uint64(since / time.Second) }, false, true},
		"a loop that is stuck":                  {func(time.Duration) uint64 { return 0 }, false, false},
		"a loop that is stuck after a while":    {func(since time.Duration) uint64 { return uint64(min(since, time.Minute)) }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), hour)
				defer cancel()
				began := time.Now()
				heartbeat := make(chan struct{})
				d := &front{
					heartbeat: heartbeat,
					steps:     func() uint64 { return test.steps(time.Since(began)) },
				}
				if test.idle {
					go func() {
						for ctx.Err() == nil {
							select {
							case heartbeat <- struct{}{}:
							case <-ctx.Done():
							}
						}
					}()
				}
				var last time.Time
				longest := time.Duration(0)
				d.watchLiveness(ctx, pause, nil, func() {
					if !last.IsZero() {
						longest = max(longest, time.Since(last))
					}
					last = time.Now()
				})
				if fed := time.Since(last) <= 4*pause; fed != test.fed || longest > 4*pause {
					t.Errorf("fed last %v before the end, with gaps of up to %v", time.Since(last), longest)
				}
				synctest.Wait()
			})
		})
	}
}

// The calls for more time end with the first load.
func TestWatchLivenessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		time.AfterFunc(time.Minute, func() { close(ready) })
		d := &front{steps: func() uint64 { return 0 }}
		d.watchLiveness(t.Context(), time.Second, ready, func() { t.Error("nothing went on") })
	})
}

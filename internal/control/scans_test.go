package control

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// However many ask, a processor is left to the others.
func TestScansAtATime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	synctest.Test(t, func(t *testing.T) {
		s := newScans()
		var looking atomic.Int64
		release := make(chan struct{})
		look := func() {
			looking.Add(1)
			<-release
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if err := s.scan(t.Context(), look); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if n := looking.Load(); n != 3 {
			t.Errorf("%d scans at a time, want 3", n)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := s.scan(gone, look); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that is gone got %v", err)
		}
		close(release)
		all.Wait()
	})
}

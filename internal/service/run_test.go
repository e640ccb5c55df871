package service

import (
	"testing"
	"testing/synctest"
)

// A second signal while the daemon ends must not kill it, so the signals stay
// caught until it has ended.
func TestStopKeepsTheSignalsToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, released, stopped := false, false, false
		p := &program{
			cancel:  func() { asked = true },
			release: func() { released = true },
			ended:   make(chan struct{}),
		}
		go func() {
			_ = p.Stop(nil)
			stopped = true
		}()
		synctest.Wait()
		if !asked || released || stopped {
			t.Errorf("while the daemon ends: asked to %v, signals given back %v, stopped %v", asked, released, stopped)
		}
		close(p.ended)
		synctest.Wait()
		if !released || !stopped {
			t.Errorf("after the daemon's end: signals given back %v, stopped %v", released, stopped)
		}
	})
}

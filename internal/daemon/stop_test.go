package daemon

import (
	"testing"

	"sessiond/internal/passes/passestest"
)

// A pass over very many files does not hold up the end.
func TestStopsInAPass(t *testing.T) {
	r := start(t, nil, nil)
	arrived, release := r.tree.Hold()
	r.passes.Hangup()
	<-arrived
	r.stop() // fails where the daemon does not stop
	release()
	passestest.Until(t, "the pass has ended", func() bool { return !r.passes.Busy() })
}

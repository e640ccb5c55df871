//go:build unix

package daemon

import (
	"os"
	"syscall"
	"testing"
)

// A pass over very many files does not hold up the end.
func TestStopsInAPass(t *testing.T) {
	r := start(t, nil, nil)
	arrived, release := r.tree.hold()
	r.queue.hangup()
	<-arrived
	r.stop() // fails where the daemon does not stop
	release()
	until(t, "the pass has ended", func() bool { return !r.queue.busy() })
}

// The process must not die of a SIGHUP that comes before the daemon runs or after
// it has stopped.
func TestHangupsNeverKill(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	hangup := hangups()
	if err := self.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-hangup
	ignoreHangups()
	for range 100 {
		if err := self.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	if len(hangup) > 0 {
		t.Error("a signal came through that is to be ignored")
	}
}

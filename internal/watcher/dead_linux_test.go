//go:build root

package watcher

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/hang"
)

// mountDead mounts a file system of which nobody answers anything, as a network
// share whose server is gone. The function it returns unmounts it, which is when
// the calls that hang return.
func mountDead(t *testing.T, at string) (unmount func()) {
	t.Helper()
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	must(t, err)
	options := fmt.Sprintf("fd=%d,rootmode=40755,user_id=0,group_id=0", device.Fd())
	must(t, unix.Mount("dead", at, "fuse", 0, options))
	unmount = sync.OnceFunc(func() {
		if err := errors.Join(device.Close(), unix.Unmount(at, unix.MNT_DETACH)); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(unmount)
	return unmount
}

// renews runs the Watcher and, for each change, a pass that looks at nothing: what a
// pass does itself is bounded elsewhere.
func (l *live) renews() (passes *atomic.Int64) {
	ctx, cancel := context.WithCancel(l.t.Context())
	passes = new(atomic.Int64)
	var running sync.WaitGroup
	running.Go(func() { _ = l.Run(ctx) })
	running.Go(func() {
		for {
			l.Renew("")
			l.Renew("a.one")
			l.Verify()
			passes.Add(1)
			select {
			case <-ctx.Done():
				return
			case <-l.work:
			}
		}
	})
	l.t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return passes
}

// TestDeadRoot has the root on a file system that does not answer, from the start
// or from later on, and back again.
func TestDeadRoot(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	for _, mode := range []Mode{Auto, Events} {
		t.Run(string(mode), func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "root")
			mkdir(t, root, "a.one")
			unmount := mountDead(t, root)
			l := newLive(t, root, mode, often)
			l.ops.patience = impatient
			passes := l.renews()
			for range 3 {
				waitFor(t, func() bool { return strings.Contains(l.State().Reason, hang.ErrHung.Error()) },
					func() string { return sprintf("state %+v, want the reason to be that %v", l.State(), hang.ErrHung) })
				l.hasMode(Poll, true)
				before := passes.Load()
				waitFor(t, func() bool { return passes.Load() > before+5 }, func() string { return "no passes" })
				unmount()
				l.hasMode(Events, false)
				l.hasWatches(2)
				unmount = mountDead(t, root)
			}
		})
	}
}

// TestDeadRootOfAKnownKind is not looked at at all where it is known that no
// events come from it.
func TestDeadRootOfAKnownKind(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	root := filepath.Join(t.TempDir(), "root")
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, never)
	l.ops.patience = impatient
	l.watches.check = func(string) error { return errNoEvents }
	passes := l.renews()
	l.hasMode(Poll, true)
	mountDead(t, root)
	for range 3 {
		before := passes.Load()
		l.take(pollAll())
		waitFor(t, func() bool { return passes.Load() > before }, func() string { return "no pass" })
	}
	if reason := l.State().Reason; !strings.Contains(reason, errNoEvents.Error()) {
		t.Errorf("reason %q, want %q", reason, errNoEvents)
	}
}

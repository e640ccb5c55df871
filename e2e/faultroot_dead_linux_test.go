//go:build root

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// mountDead mounts a file system of which nobody answers anything, as a network
// share whose server is gone. The function it returns unmounts it, which is when the
// calls that hang return.
func mountDead(t *testing.T, at string) (unmount func()) {
	t.Helper()
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	must(t, err)
	options := fmt.Sprintf("fd=%d,rootmode=40755,user_id=0,group_id=0", device.Fd())
	must(t, unix.Mount("dead", at, "fuse", 0, options))
	unmount = sync.OnceFunc(func() {
		must(t, errors.Join(device.Close(), detach(at)))
	})
	t.Cleanup(unmount)
	return unmount
}

// mustBeDead insists that the daemon has found its root dead, goes on with its passes,
// keeps its sessions and answers.
func mustBeDead(t *testing.T, d *daemon, watch string, sessions int) {
	t.Helper()
	dead := func(s *session.Status) bool {
		polls := watch == "poll" || watch == "off" ||
			s.Watch.Mode == "poll" && s.Watch.Degraded && strings.Contains(s.Watch.Reason, "does not answer")
		return polls && isUnreadable(s, session.Key{}, syscall.ETIMEDOUT) && s.Sessions == sessions
	}
	now := d.reach(t, "aware of a root that does not answer", dead)
	for range 3 {
		if report := d.refresh(t); len(report.Unsettled) != 1 || report.Removed != 0 {
			t.Errorf("refresh: %+v", report)
		}
	}
	if watch != "off" {
		d.reach(t, "going on with its passes", func(s *session.Status) bool { return s.Passes > now.Passes+8 && dead(s) })
	}
}

// TestDeadRoot has the root on a file system that does not answer, from the start and
// later on, however changes are watched. The daemon goes on, and sees everything and
// watches again once it is over.
func TestDeadRoot(t *testing.T) {
	for _, watch := range []string{"auto", "events", "poll", "off"} {
		t.Run(watch, func(t *testing.T) {
			t.Parallel()
			privateMounts(t)
			root := filepath.Join(t.TempDir(), "MobileApps")
			fill(t, root, "com.example.a", 2)
			unmount := mountDead(t, root)
			d := launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0", "--watch", watch)
			mustBeDead(t, d, watch, 0)
			for _, email := range []string{"second@example.com", "third@example.com"} {
				unmount()
				d.loads(t, 2)
				d.reach(t, "well", isWell)
				if watch == "auto" || watch == "events" {
					d.reach(t, "watching", func(s *session.Status) bool { return s.Watch.Mode == "events" && s.Watch.Watches == 2 })
				}
				save(t, root, keyFor("com.example.a", 1), email)
				if watch == "off" {
					d.refresh(t)
				}
				d.shows(t, keyFor("com.example.a", 1), email)
				unmount = mountDead(t, root)
				if watch == "off" {
					d.refresh(t)
				}
				mustBeDead(t, d, watch, 2)
			}
		})
	}
}

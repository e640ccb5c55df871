//go:build root

package faultroot

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

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// mountDead mounts a file system of which nobody answers anything, as a network
// share whose server is gone. The function it returns unmounts it, which is when the
// calls that hang return.
func mountDead(t *testing.T, at string) (unmount func()) {
	t.Helper()
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	harness.Must(t, err)
	options := fmt.Sprintf("fd=%d,rootmode=40755,user_id=0,group_id=0", device.Fd())
	harness.Must(t, unix.Mount("dead", at, "fuse", 0, options))
	unmount = sync.OnceFunc(func() {
		harness.Must(t, errors.Join(device.Close(), harness.Detach(at)))
	})
	t.Cleanup(unmount)
	return unmount
}

// mustBeDead insists that the daemon has found its root dead, goes on with its passes,
// keeps its sessions and answers.
func mustBeDead(t *testing.T, d *harness.Daemon, watch string, sessions int) {
	t.Helper()
	dead := func(s *api.Status) bool {
		polls := watch == "poll" || watch == "off" ||
			s.Watch.Mode == "poll" && s.Watch.Degraded && strings.Contains(s.Watch.Reason, "does not answer")
		return polls && harness.IsUnreadable(s, session.Key{}, syscall.ETIMEDOUT) && s.Sessions == sessions
	}
	now := d.Reach(t, "aware of a root that does not answer", dead)
	for range 3 {
		if report := d.FullPass(t); len(report.Unsettled) != 1 || report.Removed != 0 {
			t.Errorf("refresh: %+v", report)
		}
	}
	if watch != "off" {
		d.Reach(t, "going on with its passes", func(s *api.Status) bool { return s.Passes > now.Passes+8 && dead(s) })
	}
}

// TestDeadRoot has the root on a file system that does not answer, from the start and
// later on, however changes are watched. The daemon goes on, and sees everything and
// watches again once it is over.
func TestDeadRoot(t *testing.T) {
	for _, watch := range []string{"auto", "events", "poll", "off"} {
		t.Run(watch, func(t *testing.T) {
			t.Parallel()
			harness.PrivateMounts(t)
			root := filepath.Join(t.TempDir(), "MobileApps")
			harness.Fill(t, root, "com.example.a", 2)
			unmount := mountDead(t, root)
			d := harness.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0", "--watch", watch)
			mustBeDead(t, d, watch, 0)
			for _, email := range []string{"second@example.com", "third@example.com"} {
				unmount()
				d.Loads(t, 2)
				d.Reach(t, "well", harness.IsWell)
				if watch == "auto" || watch == "events" {
					d.Reach(t, "watching", func(s *api.Status) bool { return s.Watch.Mode == "events" && s.Watch.Watches == 2 })
				}
				harness.Save(t, root, harness.NthKey("com.example.a", 1), email)
				if watch == "off" {
					d.FullPass(t)
				}
				d.Shows(t, harness.NthKey("com.example.a", 1), email)
				unmount = mountDead(t, root)
				if watch == "off" {
					d.FullPass(t)
				}
				mustBeDead(t, d, watch, 2)
			}
		})
	}
}

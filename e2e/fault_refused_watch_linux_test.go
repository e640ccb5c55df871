package e2e

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// TestWatchesRefused runs a daemon where the kernel refuses to watch folders that
// can be listed: it polls, says why once, and sees every edit.
func TestWatchesRefused(t *testing.T) {
	for name, errno := range map[string]syscall.Errno{"EACCES": unix.EACCES, "EPERM": unix.EPERM, "ENOSYS": unix.ENOSYS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refuseCall(t, unix.SYS_INOTIFY_ADD_WATCH, errno)
			root := t.TempDir()
			fill(t, root, "com.example.a", 2)
			d := launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			now := d.reach(t, "polling", func(s *session.Status) bool {
				return s.Watch.Mode == "poll" && s.Watch.Degraded && s.Sessions == 2
			})
			if !strings.Contains(now.Watch.Reason, errno.Error()) {
				t.Errorf("the reason is %q, which does not say %q", now.Watch.Reason, errno)
			}
			for _, email := range []string{"second@example.com", "third@example.com"} {
				save(t, root, keyFor("com.example.a", 0), email)
				d.shows(t, keyFor("com.example.a", 0), email)
			}
			log, err := os.ReadFile(d.logFile())
			must(t, err)
			if n := strings.Count(string(log), "changes cannot be watched"); n != 1 {
				t.Errorf("the log says %d times that changes cannot be watched, want once", n)
			}
		})
	}
}

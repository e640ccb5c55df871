package fault

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// TestWatchesRefused runs a daemon where the kernel refuses to watch folders that
// can be listed: it polls, says why once, and sees every edit.
func TestWatchesRefused(t *testing.T) {
	for name, errno := range map[string]syscall.Errno{"EACCES": unix.EACCES, "EPERM": unix.EPERM, "ENOSYS": unix.ENOSYS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.RefuseCall(t, unix.SYS_INOTIFY_ADD_WATCH, errno)
			root := t.TempDir()
			harness.Fill(t, root, "com.example.a", 2)
			d := harness.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			now := d.Reach(t, "polling", func(s *api.Status) bool {
				return s.Watch.Mode == "poll" && s.Watch.Degraded && s.Sessions == 2
			})
			if !strings.Contains(now.Watch.Reason, errno.Error()) {
				t.Errorf("the reason is %q, which does not say %q", now.Watch.Reason, errno)
			}
			for _, email := range []string{"second@example.com", "third@example.com"} {
				harness.Save(t, root, harness.NthKey("com.example.a", 0), email)
				d.Shows(t, harness.NthKey("com.example.a", 0), email)
			}
			log, err := os.ReadFile(d.LogFile())
			harness.Must(t, err)
			if n := strings.Count(string(log), "changes cannot be watched"); n != 1 {
				t.Errorf("the log says %d times that changes cannot be watched, want once", n)
			}
		})
	}
}

//go:build root

package faultroot

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// TestWatchesUsedUp runs a daemon where the kernel gives too few watches, or no
// instance at all: it polls, says why, and returns to events by itself when it can.
func TestWatchesUsedUp(t *testing.T) {
	for _, c := range []struct{ limit, few, plenty, reason string }{
		{"max_inotify_watches", "3", "100", "max_user_watches"},
		{"max_inotify_instances", "0", "10", "max_user_instances"},
	} {
		t.Run(c.limit, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for n := range 6 {
				harness.Fill(t, root, fmt.Sprintf("com.example.%d", n), 1)
			}
			d := harness.Setting{
				Shell: fmt.Sprintf("echo %s >/proc/sys/user/%s", c.few, c.limit),
				Attr: &syscall.SysProcAttr{
					Cloneflags:  syscall.CLONE_NEWUSER,
					UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
					GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
				},
			}.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			now := d.Reach(t, "polling", func(s *api.Status) bool { return s.Watch.Mode == "poll" && s.Watch.Degraded && s.Sessions == 6 })
			if !strings.Contains(now.Watch.Reason, c.reason) {
				t.Errorf("the reason is %q, which does not name %s", now.Watch.Reason, c.reason)
			}
			if !harness.HasHint(&now, api.HintDegraded, c.reason) {
				t.Errorf("the hints are %q", now.Hints)
			}
			for n := range 6 {
				key := harness.NthKey(fmt.Sprintf("com.example.%d", n), 0)
				harness.Save(t, root, key, "second@example.com")
				d.Shows(t, key, "second@example.com")
			}
			// To poll costs little, however long it is.
			d.CalmsDown(t)

			raise := exec.Command("nsenter", "-t", fmt.Sprint(d.PID()), "-U", "--preserve-credentials",
				"sh", "-c", fmt.Sprintf("echo %s >/proc/sys/user/%s", c.plenty, c.limit))
			if out, err := raise.CombinedOutput(); err != nil {
				t.Fatalf("cannot raise the limit: %v: %s", err, out)
			}
			d.Reach(t, "watching again", func(s *api.Status) bool {
				return s.Watch.Mode == "events" && !s.Watch.Degraded && s.Watch.Watches == 7
			})
			for n := range 6 { // only events can tell of these: the timer looks at the root alone now
				key := harness.NthKey(fmt.Sprintf("com.example.%d", n), 0)
				harness.Save(t, root, key, "third@example.com")
				d.Shows(t, key, "third@example.com")
			}
			log, err := os.ReadFile(d.LogFile())
			harness.Must(t, err)
			for _, line := range []string{"changes cannot be watched", "changes are watched again"} {
				if n := strings.Count(string(log), line); n != 1 {
					t.Errorf("the log says %d times that %s, want once", n, line)
				}
			}
		})
	}
}

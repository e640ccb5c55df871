package fault

import (
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// TestStatxRefused runs the daemon where statx(2) is refused: it sees every edit.
func TestStatxRefused(t *testing.T) {
	for _, errno := range []unix.Errno{unix.EPERM, unix.ENOSYS} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			root := t.TempDir()
			harness.Fill(t, root, "com.example.a", 3)
			harness.RefuseCall(t, unix.SYS_STATX, errno)
			d := harness.Launch(t, root, "--settle", "50ms", "--resync", "0")
			d.Loads(t, 3)
			for _, email := range []string{"second@example.com", "third@example.com"} {
				harness.Save(t, root, harness.NthKey("com.example.a", 0), email)
				d.Shows(t, harness.NthKey("com.example.a", 0), email)
			}
			harness.Must(t, unix.Unlink(harness.FileOf(root, harness.NthKey("com.example.a", 1))))
			d.Loads(t, 2)
			if report := d.FullPass(t); report.Unchanged != 2 || len(report.Errors) != 0 {
				t.Errorf("refresh: %+v", report)
			}
			d.Reach(t, "well", func(s *api.Status) bool { return harness.IsWell(s) && s.Watch.Mode == "events" })
		})
	}
}

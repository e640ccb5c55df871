package e2e

import (
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// TestStatxRefused runs the daemon where statx(2) is refused: it sees every edit.
func TestStatxRefused(t *testing.T) {
	for _, errno := range []unix.Errno{unix.EPERM, unix.ENOSYS} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			root := t.TempDir()
			fill(t, root, "com.example.a", 3)
			refuseCall(t, unix.SYS_STATX, errno)
			d := launch(t, root, "--settle", "50ms", "--resync", "0")
			d.loads(t, 3)
			for _, email := range []string{"second@example.com", "third@example.com"} {
				save(t, root, keyFor("com.example.a", 0), email)
				d.shows(t, keyFor("com.example.a", 0), email)
			}
			must(t, unix.Unlink(fileOf(root, keyFor("com.example.a", 1))))
			d.loads(t, 2)
			if report := d.refresh(t); report.Unchanged != 2 || len(report.Errors) != 0 {
				t.Errorf("refresh: %+v", report)
			}
			d.reach(t, "well", func(s *session.Status) bool { return isWell(s) && s.Watch.Mode == "events" })
		})
	}
}

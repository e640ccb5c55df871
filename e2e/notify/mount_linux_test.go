//go:build root

package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// While the disk of an app folder is away, the server is not told: its command would log
// out all of its users.
func TestServerWaitsForMount(t *testing.T) {
	harness.PrivateMounts(t)
	root, disk := t.TempDir(), t.TempDir()
	const other = "TEAM.com.example.disk"
	at := filepath.Join(root, other)
	harness.Must(t, os.Mkdir(at, 0o755))
	harness.MountMemory(t, disk, "")
	harness.Bind(t, disk, at)
	harness.Fill(t, root, app, 2)
	harness.Fill(t, root, other, 2)
	s := newServer(t, root)
	s.seen = fmt.Sprintf("/proc/%d/task/%d/root", os.Getpid(), unix.Gettid()) // only this thread sees the mounts
	d := s.launch(t, "--poll=50ms")
	follows(t, d)
	harness.Must(t, harness.Detach(at))
	d.Reach(t, "the mount is away", func(s *api.Status) bool { return s.Unreadable > 0 })
	harness.Save(t, root, key(0), "other@example.com")
	d.Shows(t, key(0), "other@example.com")
	waits(t, d, 1, "a mount is away")
	d.FullPass(t)
	if n, _ := s.asked(); n != 1 {
		t.Errorf("meanwhile it was asked %d times", n-1)
	}
	harness.Must(t, harness.BindTo(disk, at))
	until(t, "the server has the update", func() bool { return s.has(key(0), "other@example.com") })
	for n := range 2 {
		if k := (session.Key{App: other, ID: harness.NthKey(other, n).ID}); !s.has(k, "") {
			t.Errorf("the server has logged out %s", k)
		}
	}
}

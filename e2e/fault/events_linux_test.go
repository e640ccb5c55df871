package fault

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// TestEventsLost stops the daemon, has more happen than the kernel keeps events for,
// among it what ends a watch, and lets it go on: it sees all that is there now.
// Neither a poll nor a resync helps it.
func TestEventsLost(t *testing.T) {
	t.Parallel()
	root := harness.RoomyFolder(t)
	const app, noisy = "com.example.a", "com.example.noisy"
	harness.Fill(t, root, app, 3)
	harness.Fill(t, root, noisy, 1)
	d := harness.Launch(t, root, "--settle", "50ms", "--admit", "follow", "--watch", "events", "--poll", harness.Never, "--resync", "0")
	d.Loads(t, 4)
	harness.Must(t, d.Signal(syscall.SIGSTOP))
	defer func() { _ = d.Signal(syscall.SIGCONT) }()
	path := filepath.Join(root, noisy, "noise")
	for range queuedEvents(t)/2 + 1000 { // each is created and removed
		harness.Must(t, os.WriteFile(path, nil, 0o644))
		harness.Must(t, os.Remove(path))
	}
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, 0))))
	harness.Save(t, root, harness.NthKey(app, 1), "second@example.com")
	harness.Must(t, os.WriteFile(harness.FileOf(root, harness.NthKey(app, 2)), []byte("{"), 0o644))
	harness.Must(t, os.RemoveAll(filepath.Join(root, noisy)))
	harness.Fill(t, root, noisy, 2)
	harness.Fill(t, root, "com.example.new", 2)
	harness.Must(t, d.Signal(syscall.SIGCONT))

	d.Reach(t, "aware of all", func(s *api.Status) bool { return s.Sessions == 5 && len(s.Errors) == 1 && !s.Busy })
	d.Shows(t, harness.NthKey(app, 1), "second@example.com")
	for _, key := range []session.Key{harness.NthKey(app, 1), harness.NthKey(noisy, 0), harness.NthKey("com.example.new", 1)} {
		harness.Save(t, root, key, "third@example.com")
		d.Shows(t, key, "third@example.com")
	}
	d.CalmsDown(t)
}

// queuedEvents returns how many events the kernel keeps for one reader.
func queuedEvents(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	harness.Must(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	harness.Must(t, err)
	return n
}

// churnFor is how long folders come and go.
var churnFor = flag.Duration("faults.churn", 3*time.Second, "how long folders come and go in TestFoldersComeAndGo, 100 a second")

// TestFoldersComeAndGo creates and removes a hundred app folders a second. Afterwards
// the daemon sees what is there, watches that and nothing else, has no more files open
// than before, and rests.
func TestFoldersComeAndGo(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	const stays = "com.example.stays"
	harness.Fill(t, root, stays, 2)
	d := harness.Launch(t, root, "--settle", "50ms", "--admit", "follow", "--watch", "events", "--poll", "100ms", "--resync", "0")
	d.Loads(t, 2)
	before, watched := d.Descriptors(t), len(d.Watched(t))
	if watched != 2 {
		t.Errorf("%d folders are watched, want 2", watched)
	}
	deadline := time.Now().Add(*churnFor)
	ticker := time.NewTicker(time.Second / 100)
	defer ticker.Stop()
	folders := 0
	for ; time.Now().Before(deadline); folders++ {
		<-ticker.C
		app := fmt.Sprintf("com.example.c%d", folders)
		harness.Fill(t, root, app, 1)
		if folders%3 == 0 { // this one is never at rest
			harness.Must(t, os.Rename(filepath.Join(root, app), filepath.Join(root, app+".again")))
			app += ".again"
		}
		if folders%50 == 0 {
			harness.Save(t, root, harness.NthKey(stays, 0), fmt.Sprintf("edit%d@example.com", folders))
			d.Shows(t, harness.NthKey(stays, 0), fmt.Sprintf("edit%d@example.com", folders))
		}
		harness.Must(t, os.RemoveAll(filepath.Join(root, app)))
	}
	t.Logf("%d folders", folders)
	d.Loads(t, 2)
	if !harness.Eventually(func() bool { return len(d.Watched(t)) == watched }) {
		t.Errorf("%d folders are watched, and %d were", len(d.Watched(t)), watched)
	}
	if !harness.Eventually(func() bool { return d.Descriptors(t) <= before }) {
		t.Errorf("%d files are open, and %d were", d.Descriptors(t), before)
	}
	if now, err := d.Now(); err != nil || now.Watch.Watches != watched || now.Watch.Mode != "events" {
		t.Errorf("watch: %+v, %v", now.Watch, err)
	}
	d.CalmsDown(t)
	harness.Save(t, root, harness.NthKey(stays, 1), "last@example.com")
	d.Shows(t, harness.NthKey(stays, 1), "last@example.com")
}

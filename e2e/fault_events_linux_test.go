package e2e

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

	"sessiond/internal/session"
)

// TestEventsLost stops the daemon, has more happen than the kernel keeps events for,
// among it what ends a watch, and lets it go on: it sees all that is there now.
// Neither a poll nor a resync helps it.
func TestEventsLost(t *testing.T) {
	t.Parallel()
	root := roomy(t)
	const app, noisy = "com.example.a", "com.example.noisy"
	fill(t, root, app, 3)
	fill(t, root, noisy, 1)
	d := launch(t, root, "--settle", "50ms", "--admit", "follow", "--watch", "events", "--poll", never, "--resync", "0")
	d.loads(t, 4)
	must(t, d.signal(syscall.SIGSTOP))
	defer func() { _ = d.signal(syscall.SIGCONT) }()
	path := filepath.Join(root, noisy, "noise")
	for range queuedEvents(t)/2 + 1000 { // each is created and removed
		must(t, os.WriteFile(path, nil, 0o644))
		must(t, os.Remove(path))
	}
	must(t, os.Remove(fileOf(root, keyFor(app, 0))))
	save(t, root, keyFor(app, 1), "second@example.com")
	must(t, os.WriteFile(fileOf(root, keyFor(app, 2)), []byte("{"), 0o644))
	must(t, os.RemoveAll(filepath.Join(root, noisy)))
	fill(t, root, noisy, 2)
	fill(t, root, "com.example.new", 2)
	must(t, d.signal(syscall.SIGCONT))

	d.reach(t, "aware of all", func(s *session.Status) bool { return s.Sessions == 5 && len(s.Errors) == 1 && !s.Busy })
	d.shows(t, keyFor(app, 1), "second@example.com")
	for _, key := range []session.Key{keyFor(app, 1), keyFor(noisy, 0), keyFor("com.example.new", 1)} {
		save(t, root, key, "third@example.com")
		d.shows(t, key, "third@example.com")
	}
	d.calmsDown(t)
}

// queuedEvents returns how many events the kernel keeps for one reader.
func queuedEvents(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
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
	fill(t, root, stays, 2)
	d := launch(t, root, "--settle", "50ms", "--admit", "follow", "--watch", "events", "--poll", "100ms", "--resync", "0")
	d.loads(t, 2)
	before, watched := d.descriptors(t), len(d.watched(t))
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
		fill(t, root, app, 1)
		if folders%3 == 0 { // this one is never at rest
			must(t, os.Rename(filepath.Join(root, app), filepath.Join(root, app+".again")))
			app += ".again"
		}
		if folders%50 == 0 {
			save(t, root, keyFor(stays, 0), fmt.Sprintf("edit%d@example.com", folders))
			d.shows(t, keyFor(stays, 0), fmt.Sprintf("edit%d@example.com", folders))
		}
		must(t, os.RemoveAll(filepath.Join(root, app)))
	}
	t.Logf("%d folders", folders)
	d.loads(t, 2)
	if !eventually(func() bool { return len(d.watched(t)) == watched }) {
		t.Errorf("%d folders are watched, and %d were", len(d.watched(t)), watched)
	}
	if !eventually(func() bool { return d.descriptors(t) <= before }) {
		t.Errorf("%d files are open, and %d were", d.descriptors(t), before)
	}
	if now, err := d.status(); err != nil || now.Watch.Watches != watched || now.Watch.Mode != "events" {
		t.Errorf("watch: %+v, %v", now.Watch, err)
	}
	d.calmsDown(t)
	save(t, root, keyFor(stays, 1), "last@example.com")
	d.shows(t, keyFor(stays, 1), "last@example.com")
}

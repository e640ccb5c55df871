package e2e

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// TestDescriptorsUsedUp takes all descriptors away from a daemon at work: it keeps
// what it has, says why, and sees what was edited meanwhile once it may open files
// again.
func TestDescriptorsUsedUp(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 2)
	fill(t, root, "com.example.b", 2)
	d := launch(t, root, "--watch", "events", "--poll", "1h", "--resync", "0")
	d.loads(t, 4) // and leaves a connection to go on asking on

	give := takeDescriptors(t, d)
	d.hangUp(t)
	d.reach(t, "without descriptors", func(s *session.Status) bool {
		return isUnreadable(s, session.Key{}, syscall.EMFILE)
	})
	save(t, root, keyFor("com.example.a", 0), "second@example.com")
	d.refresh(t)
	d.has(t, keyFor("com.example.a", 0), "first@example.com")
	if now := d.reach(t, "answering", func(*session.Status) bool { return true }); now.Sessions != 4 {
		t.Errorf("%d sessions are left of 4", now.Sessions)
	}

	// Who comes now waits, and is not turned away.
	answered := make(chan error, 1)
	go func() {
		another := d.anotherClient()
		defer another.Close()
		_, err := another.status()
		answered <- err
	}()
	give()
	must(t, <-answered)
	d.shows(t, keyFor("com.example.a", 0), "second@example.com")
	d.reach(t, "well again", isWell)
	d.loads(t, 4)
}

// takeDescriptors keeps the daemon from opening anything until the function it
// returns is called.
func takeDescriptors(t *testing.T, d *daemon) (give func()) {
	t.Helper()
	var before unix.Rlimit
	must(t, unix.Prlimit(d.pid(), unix.RLIMIT_NOFILE, nil, &before))
	must(t, unix.Prlimit(d.pid(), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 0, Max: before.Max}, nil))
	return func() {
		t.Helper()
		must(t, unix.Prlimit(d.pid(), unix.RLIMIT_NOFILE, &before, nil))
	}
}

// TestFewDescriptors gives a daemon no more than a handful of descriptors and lets
// clients hold on to as many connections as they like.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for app := range 30 {
		fill(t, root, "com.example."+string(rune('A'+app)), 3)
	}
	d := setting{shell: "ulimit -n 24"}.launch(t, root, "--watch", "events", "--poll", "1h", "--resync", "0")
	d.loads(t, 90)
	for range 60 {
		conn, err := net.Dial("unix", d.socket)
		must(t, err)
		t.Cleanup(func() { conn.Close() })
	}
	for range 5 {
		if report := d.refresh(t); report.Unchanged != 90 || len(report.Errors) > 0 {
			t.Errorf("refresh: %+v", report)
		}
	}
	save(t, root, keyFor("com.example.A", 1), "second@example.com")
	d.shows(t, keyFor("com.example.A", 1), "second@example.com")
}

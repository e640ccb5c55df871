package fault

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// TestDescriptorsUsedUp takes all descriptors away from a daemon at work: it keeps
// what it has, says why, and sees what was edited meanwhile once it may open files
// again.
func TestDescriptorsUsedUp(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, "com.example.a", 2)
	harness.Fill(t, root, "com.example.b", 2)
	d := harness.Launch(t, root, "--watch", "events", "--poll", "1h", "--resync", "0")
	d.Loads(t, 4) // and leaves a connection to go on asking on

	give := takeDescriptors(t, d)
	d.HangUp(t)
	d.Reach(t, "without descriptors", func(s *api.Status) bool {
		return harness.IsUnreadable(s, session.Key{}, syscall.EMFILE)
	})
	harness.Save(t, root, harness.NthKey("com.example.a", 0), "second@example.com")
	d.FullPass(t)
	d.Has(t, harness.NthKey("com.example.a", 0), "first@example.com")
	if now := d.Reach(t, "answering", func(*api.Status) bool { return true }); now.Sessions != 4 {
		t.Errorf("%d sessions are left of 4", now.Sessions)
	}

	// Who comes now waits, and is not turned away.
	answered := make(chan error, 1)
	go func() {
		another := d.AnotherClient()
		defer another.Close()
		_, err := another.Now()
		answered <- err
	}()
	give()
	harness.Must(t, <-answered)
	d.Shows(t, harness.NthKey("com.example.a", 0), "second@example.com")
	d.Reach(t, "well again", harness.IsWell)
	d.Loads(t, 4)
}

// takeDescriptors keeps the daemon from opening anything until the function it
// returns is called.
func takeDescriptors(t *testing.T, d *harness.Daemon) (give func()) {
	t.Helper()
	var before unix.Rlimit
	harness.Must(t, unix.Prlimit(d.PID(), unix.RLIMIT_NOFILE, nil, &before))
	harness.Must(t, unix.Prlimit(d.PID(), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 0, Max: before.Max}, nil))
	return func() {
		t.Helper()
		harness.Must(t, unix.Prlimit(d.PID(), unix.RLIMIT_NOFILE, &before, nil))
	}
}

// TestFewDescriptors gives a daemon no more than a handful of descriptors and lets
// clients hold on to as many connections as they like.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for app := range 30 {
		harness.Fill(t, root, "com.example."+string(rune('A'+app)), 3)
	}
	d := harness.Setting{Shell: "ulimit -n 24"}.Launch(t, root, "--watch", "events", "--poll", "1h", "--resync", "0")
	d.Loads(t, 90)
	for range 60 {
		conn, err := net.Dial("unix", d.Socket)
		harness.Must(t, err)
		t.Cleanup(func() { conn.Close() })
	}
	for range 5 {
		if report := d.FullPass(t); report.Unchanged != 90 || len(report.Errors) > 0 {
			t.Errorf("refresh: %+v", report)
		}
	}
	harness.Save(t, root, harness.NthKey("com.example.A", 1), "second@example.com")
	d.Shows(t, harness.NthKey("com.example.A", 1), "second@example.com")
}

//go:build unix

package fault

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
)

// TestManyStarts starts many daemons on one socket at the same moment, again and
// again, after the one that got it was killed: one has it, and the others say so.
func TestManyStarts(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, "com.example.a", 1)
	at := filepath.Join(harness.ShortFolder(t), "s")
	const starts, rounds = 6, 4
	for range rounds {
		var all []*harness.Daemon
		var logs []*os.File
		for range starts {
			log, err := os.Create(filepath.Join(harness.ShortFolder(t), "log"))
			harness.Must(t, err)
			t.Cleanup(func() { log.Close() })
			logs = append(logs, log)
			all = append(all, harness.Setting{Socket: at, Log: log}.Begin(t, root))
		}
		var holder *harness.Daemon
		if !harness.Eventually(func() bool {
			running := 0
			for _, d := range all {
				if !d.HasEnded() {
					holder = d
					running++
				}
			}
			return running <= 1
		}) {
			t.Fatal("several daemons run on one socket")
		}
		if holder.HasEnded() {
			t.Fatal("none got the socket")
		}
		harness.Must(t, holder.AwaitReady())
		status, err := holder.Now()
		harness.Must(t, err)
		if status.PID != holder.PID() || status.Sessions != 1 {
			t.Errorf("the daemon with the id %d answers, and %d runs: %+v", status.PID, holder.PID(), status)
		}
		for i, d := range all {
			if d == holder {
				continue
			}
			how, err := d.AwaitEnd()
			harness.Must(t, err)
			text, err := os.ReadFile(logs[i].Name())
			harness.Must(t, err)
			if how != "1" || !strings.Contains(string(text), "already in use") {
				t.Errorf("a daemon too many ended with %s: %s", how, text)
			}
		}
		harness.Must(t, holder.Signal(syscall.SIGKILL))
		<-holder.Ended
	}
}

// TestKilledAtAnyMoment kills a daemon while it starts and works. The next one
// finds a socket, a lock and a tree as they were left, and has all sessions.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	harness.Fill(t, root, "com.example.a", 50)
	at := filepath.Join(harness.ShortFolder(t), "s")
	c := harness.Setting{Socket: at}
	for n := range 12 {
		d := c.Begin(t, root)
		harness.Eventually(func() bool { // the later in the daemon's life, the higher n
			if n < 4 {
				return true
			}
			s, err := d.Now()
			return err == nil && (n < 8 || s.Sessions > 0)
		})
		d.Kill()
	}
	d := c.Launch(t, root)
	d.Loads(t, 50)
	d.Reach(t, "well", harness.IsWell)
}

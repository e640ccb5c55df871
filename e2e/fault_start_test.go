//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestManyStarts starts many daemons on one socket at the same moment, again and
// again, after the one that got it was killed: one has it, and the others say so.
func TestManyStarts(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 1)
	at := filepath.Join(shortFolder(t), "s")
	const starts, rounds = 6, 4
	for range rounds {
		var all []*daemon
		var logs []*os.File
		for range starts {
			log, err := os.Create(filepath.Join(shortFolder(t), "log"))
			must(t, err)
			t.Cleanup(func() { log.Close() })
			logs = append(logs, log)
			all = append(all, setting{socket: at, log: log}.begin(t, root))
		}
		var holder *daemon
		if !eventually(func() bool {
			running := 0
			for _, d := range all {
				if !d.hasEnded() {
					holder = d
					running++
				}
			}
			return running <= 1
		}) {
			t.Fatal("several daemons run on one socket")
		}
		if holder.hasEnded() {
			t.Fatal("none got the socket")
		}
		must(t, holder.awaitReady())
		status, err := holder.status()
		must(t, err)
		if status.PID != holder.pid() || status.Sessions != 1 {
			t.Errorf("the daemon with the id %d answers, and %d runs: %+v", status.PID, holder.pid(), status)
		}
		for i, d := range all {
			if d == holder {
				continue
			}
			how, err := d.awaitEnd()
			must(t, err)
			text, err := os.ReadFile(logs[i].Name())
			must(t, err)
			if how != "1" || !strings.Contains(string(text), "somebody else holds it") {
				t.Errorf("a daemon too many ended with %s: %s", how, text)
			}
		}
		must(t, holder.signal(syscall.SIGKILL))
		<-holder.ended
	}
}

// TestKilledAtAnyMoment kills a daemon while it starts and works. The next one
// finds a socket, a lock and a tree as they were left, and has all sessions.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fill(t, root, "com.example.a", 50)
	at := filepath.Join(shortFolder(t), "s")
	c := setting{socket: at}
	for n := range 12 {
		d := c.begin(t, root)
		eventually(func() bool { // the later in the daemon's life, the higher n
			if n < 4 {
				return true
			}
			s, err := d.status()
			return err == nil && (n < 8 || s.Sessions > 0)
		})
		d.kill()
	}
	d := c.launch(t, root)
	d.loads(t, 50)
	d.reach(t, "well", isWell)
}

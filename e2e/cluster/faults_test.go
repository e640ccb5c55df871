//go:build linux && cluster

package cluster

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// world is a cluster of three servers, an authority whose files are edited all the time,
// three followers, and readers who look at all of them.
type world struct {
	*three
	t         *testing.T // of all faults together
	writer    *writer
	authority *harness.Daemon
	readers   []*reader // of the authority, then of the followers
	followers []*harness.Daemon
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{three: newThree(t), t: t, writer: newWriter(t)}
	w.authority = w.publishes("north")
	w.readers = []*reader{reads(t, "the authority", w.authority)}
	for _, node := range []string{"south", "east", "west"} {
		f := w.follows(node)
		w.followers = append(w.followers, f)
		w.readers = append(w.readers, reads(t, node, f))
	}
	return w
}

// close ends those who look and write: what comes now is the end of the daemons.
func (w *world) close() {
	for _, r := range w.readers {
		r.stop()
	}
	w.writer.stop()
}

func (w *world) publishes(node string) *harness.Daemon {
	w.t.Helper()
	return publishes(w.t, w.urls(), node, w.writer.root, "--replica-copies", "3")
}

func (w *world) follows(node string) *harness.Daemon {
	w.t.Helper()
	return follows(w.t, w.urls(), node)
}

// agree lets the writer rest until all show the same, and that is what the files are.
func (w *world) agree(t *testing.T) {
	t.Helper()
	began := time.Now()
	w.leader(t)
	w.writer.pause.Lock()
	defer w.writer.pause.Unlock()
	equal(t, w.authority, w.followers...)
	for i, f := range w.followers {
		diff := ""
		if !harness.Eventually(func() bool { // the last edits may not have been seen yet
			diff = cmp.Diff(shows(t, w.authority), shows(t, f))
			return diff == ""
		}) {
			t.Errorf("follower %d shows something else (-authority +follower):\n%s", i, diff)
		}
	}
	equal(t, w.authority, w.followers...)
	for _, r := range w.readers {
		t.Logf("%s was read %d times, %d answers said their age, %d versions of the group were seen", r.node, r.reads.Load(), r.stale.Load(), r.generations())
	}
	t.Logf("all agree after %v and %d edits", time.Since(began).Round(time.Millisecond), w.writer.edits)
}

// shows returns what a daemon shows of each session.
func shows(t *testing.T, d *harness.Daemon) map[session.Key]string {
	t.Helper()
	page, _, err := readAll(t.Context(), d)
	harness.Must(t, err)
	all := map[session.Key]string{}
	for _, s := range page.Sessions {
		all[s.Session] = fmt.Sprint(s.Email, " ", s.Modified) // a revision is that of whoever published it
	}
	return all
}

// flows waits until a follower shows an edit that is made now.
func (w *world) flows(t *testing.T) {
	t.Helper()
	w.writer.pause.Lock()
	first := w.writer.edits
	w.writer.pause.Unlock()
	for i, f := range w.followers {
		if !harness.Eventually(func() bool {
			page, _, err := readAll(t.Context(), f)
			for _, s := range page.Sessions {
				var n int
				if _, failed := fmt.Sscanf(s.Email, "%d@", &n); failed == nil && n > first {
					return true
				}
			}
			return err != nil
		}) {
			t.Fatalf("follower %d shows no edit any more", i)
		}
	}
}

// Whatever happens to the servers, each follower shows what the authority showed, whole and
// no older than it says, and in the end what it shows now.
func TestThreeServers(t *testing.T) {
	w := newWorld(t)
	defer w.close()
	w.agree(t)
	for _, fault := range []struct {
		name string
		do   func(t *testing.T, w *world)
	}{
		{"the stream's leader is killed", killLeader},
		{"the stream's leader is stopped", stopLeader},
		{"the stream's leader stands still", pauseLeader},
		{"one server is wiped", wipeOne},
		{"all servers are wiped", wipeAll},
		{"the authority is stopped, and another started", stopAuthority},
		{"the authority is killed, and another started", killAuthority},
		{"a follower is killed", killFollower},
		{"a follower stands still", pauseFollower},
	} {
		ok := t.Run(fault.name, func(t *testing.T) {
			w.flows(t)
			fault.do(t, w)
			w.flows(t)
			w.agree(t)
		})
		if !ok {
			t.FailNow() // what comes after it shows nothing
		}
	}
	for _, r := range w.readers {
		if r.reads.Load() < 50 || r.generations() < 5 {
			t.Errorf("%s was read %d times, and %d versions of the group were seen", r.node, r.reads.Load(), r.generations())
		}
	}
	if n := w.readers[1].stale.Load(); n == 0 {
		t.Error("no answer has ever said its age")
	}
}

func killLeader(t *testing.T, w *world) {
	leader := w.leader(t)
	leader.Kill()
	w.flows(t) // with the two others
	harness.Must(t, leader.Start())
}

func stopLeader(t *testing.T, w *world) {
	leader := w.leader(t)
	if err := leader.Stop(); err != nil {
		t.Logf("the server ended with: %v", err)
	}
	w.flows(t)
	harness.Must(t, leader.Start())
}

// pauseLeader lets the leader stand still: it is deposed, and comes back with what was in
// its connections.
func pauseLeader(t *testing.T, w *world) {
	leader := w.leader(t)
	harness.Must(t, leader.Signal(syscall.SIGSTOP))
	w.flows(t)
	harness.Must(t, leader.Signal(syscall.SIGCONT))
}

func wipeOne(t *testing.T, w *world) {
	leader := w.leader(t)
	leader.Kill()
	harness.Must(t, leader.Wipe())
	harness.Must(t, leader.Start())
}

func wipeAll(t *testing.T, w *world) {
	before := statusOf(t, w.authority)
	for _, s := range w.servers {
		s.Kill()
	}
	for _, s := range w.servers {
		harness.Must(t, s.Wipe())
	}
	for _, f := range w.followers {
		f.Reach(t, "stale", func(s *api.Status) bool { return s.Replica.State == "stale" })
	}
	for _, s := range w.servers {
		harness.Must(t, s.Start())
	}
	w.authority.Reach(t, "aware of the loss", func(s *api.Status) bool { return s.Replica.Losses > before.Losses })
}

func stopAuthority(t *testing.T, w *world) {
	w.replaceAuthority(t, "stood-by", func() { harness.Must(t, w.authority.Stop()) })
}

func killAuthority(t *testing.T, w *world) {
	w.replaceAuthority(t, "north", w.authority.Kill)
}

// replaceAuthority ends the authority, and has a daemon at another node publish the files.
func (w *world) replaceAuthority(t *testing.T, node string, end func()) {
	t.Helper()
	before := statusOf(t, w.followers[0])
	w.readers[0].gone()
	end()
	for _, f := range w.followers {
		f.Reach(t, "stale", func(s *api.Status) bool { return s.Replica.State == "stale" })
	}
	w.authority = w.publishes(node)
	w.readers[0].daemon.Store(w.authority)
	for _, f := range w.followers {
		f.Reach(t, "at the other authority", func(s *api.Status) bool {
			return s.Replica.Authority == node && s.Replica.Epoch > before.Epoch && s.Replica.State == "following"
		})
	}
}

func statusOf(t *testing.T, d *harness.Daemon) api.Replica {
	t.Helper()
	s, err := d.Now()
	harness.Must(t, err)
	return *s.Replica
}

func killFollower(_ *testing.T, w *world) {
	w.readers[1].gone()
	w.followers[0].Kill()
	w.followers[0] = w.follows("south")
	w.readers[1].daemon.Store(w.followers[0])
}

// pauseFollower lets a follower stand still for longer than it may be silent: what lies in
// its connection then is old.
func pauseFollower(t *testing.T, w *world) {
	harness.Must(t, w.followers[0].Signal(syscall.SIGSTOP))
	before := statusOf(t, w.followers[1])
	w.followers[1].Reach(t, "far ahead", func(s *api.Status) bool { return s.Replica.HeadAt.Sub(before.HeadAt) > 2*staleAfter })
	harness.Must(t, w.followers[0].Signal(syscall.SIGCONT))
}

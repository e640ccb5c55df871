//go:build unix && cluster

package cluster

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// broker is a nats-server as a process, at an address that stays.
type broker struct {
	program, store, port string
	cmd                  *exec.Cmd
}

func newBroker(t *testing.T) *broker {
	t.Helper()
	folder := t.TempDir()
	b := &broker{program: filepath.Join(folder, "nats-server"), store: filepath.Join(folder, "store")}
	if text, err := exec.Command("go", "build", "-o", b.program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("cannot build nats-server: %v: %s", err, text)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	harness.Must(t, err)
	b.port = strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	ln.Close()
	b.start(t)
	t.Cleanup(b.stop)
	return b
}

func (b *broker) start(t *testing.T) {
	t.Helper()
	b.cmd = exec.Command(b.program, "-js", "-a", "127.0.0.1", "-p", b.port, "-sd", b.store)
	harness.Must(t, b.cmd.Start())
}

func (b *broker) stop() {
	_ = b.cmd.Process.Kill() // as a crash
	_ = b.cmd.Wait()
}

func (b *broker) url() string { return "nats://127.0.0.1:" + b.port }

const app = "ABCDE12345.com.example.app"

func (b *broker) publishes(t *testing.T, root string) *harness.Daemon {
	t.Helper()
	return begin(t, root, "--admit", "follow", "--publish", b.url(), "--replica-node", "north")
}

func (b *broker) follows(t *testing.T, node string) *harness.Daemon {
	t.Helper()
	return begin(t, "", "--follow", b.url(), "--replica-node", node)
}

// begin starts a daemon that may be stopped or killed, and waits for its first view.
func begin(t *testing.T, root string, args ...string) *harness.Daemon {
	t.Helper()
	d := harness.Setting{}.Begin(t, root, args...)
	harness.Must(t, d.AwaitReady())
	return d
}

// equal waits until the followers have what the authority has.
func equal(t *testing.T, authority *harness.Daemon, followers ...*harness.Daemon) {
	t.Helper()
	for _, f := range followers {
		var a, s api.Status
		var err error
		if !harness.Eventually(func() bool {
			if a, err = authority.Now(); err != nil || a.Replica.State != "live" {
				return false
			}
			s, err = f.Now()
			return err == nil && s.Replica.State == "following" && s.Replica.Sum == a.Replica.Sum && s.Sessions == a.Sessions && s.Replica.Epoch == a.Replica.Epoch
		}) {
			t.Fatalf("the authority is %+v, a follower %+v: %v", a.Replica, s.Replica, err)
		}
	}
}

func TestCluster(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	harness.Fill(t, root, app, 200)
	north := b.publishes(t, root)
	south, west := b.follows(t, "south"), b.follows(t, "west")
	equal(t, north, south, west)

	key := harness.NthKey(app, 1)
	harness.Save(t, root, key, "edited@example.com")
	south.Shows(t, key, "edited@example.com")
	west.Shows(t, key, "edited@example.com")

	// The broker crashes: all go on with what they have.
	b.stop()
	south.Reach(t, "stale", func(s *api.Status) bool { return s.Replica.State == "stale" && s.Sessions == 200 })
	harness.Save(t, root, key, "meanwhile@example.com")
	north.Shows(t, key, "meanwhile@example.com")
	b.start(t)
	equal(t, north, south, west)
	south.Has(t, key, "meanwhile@example.com")

	// The broker is wiped.
	b.stop()
	harness.Must(t, os.RemoveAll(b.store))
	b.start(t)
	north.Reach(t, "aware of the loss", func(s *api.Status) bool { return s.Replica.Losses > 0 })
	equal(t, north, south, west)

	// A follower is killed.
	west.Kill()
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, 2))))
	south.Loads(t, 199)
	west = b.follows(t, "west")
	equal(t, north, south, west)

	// The authority begins again over a folder that has lost its files.
	harness.Must(t, north.Stop())
	empty := filepath.Join(t.TempDir(), "MobileApps")
	harness.Must(t, os.MkdirAll(filepath.Join(empty, app), 0o755))
	north = b.publishes(t, empty)
	north.Reach(t, "held", func(s *api.Status) bool {
		return s.Replica.State == "held" && harness.HasHint(s, api.HintReplicaHeld, "199 of the 199")
	})
	for _, f := range []*harness.Daemon{south, west} {
		f.Reach(t, "stale with all sessions", func(s *api.Status) bool { return s.Replica.State == "stale" && s.Sessions == 199 })
	}
	if text, err := north.Command("replica", "adopt").CombinedOutput(); err != nil || string(text) != "199 of 199 sessions end at the followers.\n" {
		t.Errorf("adopt says %q: %v", text, err)
	}
	south.Loads(t, 0)
	equal(t, north, south, west)
}

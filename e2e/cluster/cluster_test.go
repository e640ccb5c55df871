//go:build unix && cluster

package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

const app = "ABCDE12345.com.example.app"

func publishes(t *testing.T, urls, node, root string, args ...string) *harness.Daemon {
	t.Helper()
	return begin(t, root, append([]string{"--admit", "follow", "--publish", urls, "--replica-node", node}, args...)...)
}

func follows(t *testing.T, urls, node string) *harness.Daemon {
	t.Helper()
	return begin(t, "", "--follow", urls, "--replica-node", node, "--log-level", "info")
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
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	root := filepath.Join(t.TempDir(), "MobileApps")
	harness.Fill(t, root, app, 200)
	north := publishes(t, b.URL(), "north", root)
	south, west := follows(t, b.URL(), "south"), follows(t, b.URL(), "west")
	equal(t, north, south, west)

	key := harness.NthKey(app, 1)
	harness.Save(t, root, key, "edited@example.com")
	south.Shows(t, key, "edited@example.com")
	west.Shows(t, key, "edited@example.com")

	// The broker crashes: all go on with what they have.
	b.Kill()
	south.Reach(t, "stale", func(s *api.Status) bool { return s.Replica.State == "stale" && s.Sessions == 200 })
	harness.Save(t, root, key, "meanwhile@example.com")
	north.Shows(t, key, "meanwhile@example.com")
	harness.Must(t, b.Start())
	equal(t, north, south, west)
	south.Has(t, key, "meanwhile@example.com")

	// The broker is wiped.
	b.Kill()
	harness.Must(t, b.Wipe())
	harness.Must(t, b.Start())
	north.Reach(t, "aware of the loss", func(s *api.Status) bool { return s.Replica.Losses > 0 })
	equal(t, north, south, west)

	// A follower is killed.
	west.Kill()
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, 2))))
	south.Loads(t, 199)
	west = follows(t, b.URL(), "west")
	equal(t, north, south, west)

	// The authority begins again over a folder that has lost its files.
	harness.Must(t, north.Stop())
	empty := filepath.Join(t.TempDir(), "MobileApps")
	harness.Must(t, os.MkdirAll(filepath.Join(empty, app), 0o755))
	north = publishes(t, b.URL(), "north", empty)
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

//go:build root

package faultroot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// TestAppFolderOfShare has one app folder on a share that gives no events, in a
// root that does: that folder alone is polled.
func TestAppFolderOfShare(t *testing.T) {
	harness.PrivateMounts(t)
	base := t.TempDir()
	root, share := filepath.Join(base, "MobileApps"), filepath.Join(base, "share")
	local, remote := harness.NthKey("com.example.local", 0), harness.NthKey("com.example.remote", 0)
	harness.Fill(t, root, local.App, 1)
	harness.Must(t, os.Mkdir(share, 0o755))
	files := mountShare(t, share, remote)
	at := filepath.Join(root, remote.App)
	harness.Must(t, os.Mkdir(at, 0o755))
	harness.Bind(t, filepath.Join(share, remote.App), at)

	d := harness.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
	now := d.Reach(t, "polling the share alone", func(s *api.Status) bool {
		return s.Sessions == 2 && s.Watch.Mode == "events" && s.Watch.Degraded && s.Watch.Watches == 2
	})
	for _, want := range []string{remote.App, "FUSE"} {
		if !strings.Contains(now.Watch.Reason, want) || !harness.HasHint(&now, api.HintDegraded, want) {
			t.Errorf("the reason is %q, the hints are %q: want both to name %s", now.Watch.Reason, now.Hints, want)
		}
	}
	for _, email := range []string{"second@example.com", "third@example.com"} {
		files[remote].save(remote, email)
		d.Shows(t, remote, email)
		harness.Save(t, root, local, email)
		d.Shows(t, local, email)
	}
	// The timer looks at that folder, and at nothing else.
	d.Reach(t, "polled", func(s *api.Status) bool {
		return s.LastPass != nil && s.LastPass.Trigger == session.TriggerPoll &&
			s.LastPass.Scope == session.ScopeFiles && s.LastPass.Checked == 1
	})

	harness.Must(t, harness.Detach(at))
	d.Reach(t, "watching again", func(s *api.Status) bool {
		return s.Watch.Mode == "events" && !s.Watch.Degraded && s.Watch.Watches == 3
	})
	log, err := os.ReadFile(d.LogFile())
	harness.Must(t, err)
	for _, line := range []string{"an app folder cannot be watched", "no app folder needs to be looked at"} {
		if n := strings.Count(string(log), line); n != 1 {
			t.Errorf("the log says %d times that %s, want once", n, line)
		}
	}
}

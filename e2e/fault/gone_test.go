//go:build unix

package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// manySessions is enough for the brake to be about a fifth of them.
const manySessions = 200

// newMany fills a root with many sessions in several app folders.
func newMany(t *testing.T) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "MobileApps")
	for app := range 4 {
		harness.Fill(t, root, fmt.Sprintf("com.example.app%d", app), manySessions/4)
	}
	return root
}

func held(s *api.Status) int { return s.ManyGone }

// stayed insists that no session was removed.
func stayed(t *testing.T, events []session.Event) {
	t.Helper()
	if i := slices.IndexFunc(events, func(e session.Event) bool { return e.Action == session.ActionRemoved }); i >= 0 {
		t.Errorf("a session was removed: %+v", events[i])
	}
}

// TestBackupCopiedBack moves the folder away and copies a backup in its place, file by
// file, as people do. Nobody is logged out, however long it takes.
func TestBackupCopiedBack(t *testing.T) {
	root := newMany(t)
	d := harness.Launch(t, root, "--settle", "20ms", "--poll", "100ms", "--settle-many", "1h")
	d.Loads(t, manySessions)
	observed := d.Observe(t)
	away := root + ".away"
	harness.Must(t, os.Rename(root, away))
	s := d.Reach(t, "holding all sessions", func(s *api.Status) bool { return held(s) == manySessions && s.Sessions == manySessions })
	if !s.Busy || len(s.Hints) == 0 {
		t.Errorf("busy %t, hints %q, while sessions are held", s.Busy, s.Hints)
	}
	files, err := filepath.Glob(filepath.Join(away, "*", "*"))
	harness.Must(t, err)
	for i, from := range files {
		path, err := filepath.Rel(away, from)
		harness.Must(t, err)
		data, err := os.ReadFile(from)
		harness.Must(t, err)
		to := filepath.Join(root, path)
		harness.Must(t, os.MkdirAll(filepath.Dir(to), 0o755))
		harness.Must(t, os.WriteFile(to, data, 0o644))
		if i == len(files)/2 {
			d.Reach(t, "half restored", func(s *api.Status) bool { return held(s) < manySessions*3/4 && s.Sessions == manySessions })
		}
	}
	d.Reach(t, "well", harness.IsWell)
	d.Loads(t, manySessions)
	stayed(t, observed())
}

// TestManyRemovedByHand deletes many files without a word: they count once the folder has
// been quiet, or at once when somebody asks.
func TestManyRemovedByHand(t *testing.T) {
	for name, ask := range map[string]func(t *testing.T, d *harness.Daemon){
		"nobody asks": func(*testing.T, *harness.Daemon) {},
		"the socket": func(t *testing.T, d *harness.Daemon) {
			if report := d.FullPass(t); report.Removed != manySessions {
				t.Errorf("refresh: %+v", report.Counts)
			}
		},
		"a signal": func(t *testing.T, d *harness.Daemon) { d.HangUp(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := newMany(t)
			quiet := "1h"
			if name == "nobody asks" {
				quiet = "500ms"
			}
			d := harness.Launch(t, root, "--settle", "20ms", "--settle-many", quiet)
			d.Loads(t, manySessions)
			harness.Must(t, os.RemoveAll(root))
			if name != "nobody asks" {
				d.Reach(t, "holding all sessions", func(s *api.Status) bool { return held(s) == manySessions })
			}
			ask(t, d)
			d.Loads(t, 0)
		})
	}
}

// TestManyRemovedSlowly deletes files a few at a time, as a synchroniser does: the sum
// over the time counts, not what one pass finds.
func TestManyRemovedSlowly(t *testing.T) {
	root := newMany(t)
	d := harness.Launch(t, root, "--settle", "20ms", "--settle-many", "1h")
	d.Loads(t, manySessions)
	files, err := filepath.Glob(filepath.Join(root, "*", "*"))
	harness.Must(t, err)
	for i, path := range files {
		harness.Must(t, os.Remove(path))
		if i%5 == 4 {
			d.Reach(t, "aware of what is gone", func(s *api.Status) bool {
				return manySessions-s.Sessions+held(s) == i+1
			})
		}
	}
	s := d.Reach(t, "holding the rest", func(s *api.Status) bool { return s.Sessions == held(s) })
	if gone := manySessions - s.Sessions; gone > manySessions/5 {
		t.Errorf("%d of %d sessions are gone", gone, manySessions)
	}
}

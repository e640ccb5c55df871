//go:build unix

package motion

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

const (
	// motionSettle is the settle time of these tests: so long that a writer which
	// a busy machine holds up is not at rest for that.
	motionSettle = "2s"
	// motionPause is how long a writer pauses at most in the middle of a file.
	motionPause  = 100 * time.Millisecond
	motionRounds = 15
)

// TestMotion holds the built binary against section 4 of the refresh contract: a
// save in progress logs nobody out, however it is done and whoever asks for
// passes meanwhile, and what was written last is in memory in the end.
func TestMotion(t *testing.T) {
	for name, write := range map[string]func(path string, data []byte, pause func()) error{
		"in place": harness.Rewrite,
		"remove and recreate": func(path string, data []byte, pause func()) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			pause()
			return harness.Rewrite(path, data, pause)
		},
		"rename away and back": func(path string, data []byte, pause func()) error {
			aside := filepath.Join(filepath.Dir(path), ".aside")
			if err := os.Rename(path, aside); err != nil {
				return err
			}
			pause()
			if err := os.WriteFile(aside, data, 0o644); err != nil {
				return err
			}
			return os.Rename(aside, path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := session.Key{App: "K7QX2M9TRB.com.example.Contacts", ID: "2bc1ecb410e142bce83bce6f212b41e1781536dc"}
			root := filepath.Join(t.TempDir(), "MobileApps")
			harness.Must(t, harness.Replace(harness.FileOf(root, key), harness.NewContent(key).Bytes()))
			d := harness.Launch(t, root, "--settle", motionSettle)
			observed := d.Observe(t)
			endRefreshing := d.RefreshOften(t)

			pause := func() { time.Sleep(rand.N(motionPause)) }
			for round := range motionRounds {
				harness.Must(t, write(harness.FileOf(root, key), harness.NewContent(key).With("round", round).Bytes(), pause))
				pause()
			}
			endRefreshing()
			last := harness.NewContent(key).With("round", "last").Bytes()
			harness.Must(t, write(harness.FileOf(root, key), last, pause))
			if !harness.Eventually(func() bool {
				p, err := d.TakePicture()
				return err == nil && strings.Contains(p.Sessions[key], `"last"`)
			}) {
				t.Error("what was written last is not in memory")
			}
			var changes []session.Action
			for _, e := range observed() {
				changes = append(changes, e.Action)
			}
			if !slices.Contains(changes, session.ActionUpdated) {
				t.Errorf("no edit was seen: %v", changes)
			}
			if slices.ContainsFunc(changes, func(a session.Action) bool { return a != session.ActionUpdated }) {
				t.Errorf("the session did not stay: %v", changes)
			}
		})
	}
}

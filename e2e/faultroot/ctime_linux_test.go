//go:build root

package faultroot

import (
	"context"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// rewrite saves another address of the same length and puts the time back, which is
// all that a look can tell of it.
func (f *sharedFile) rewrite(key session.Key, email string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.data = harness.NewContent(key).With("email", email).Bytes()
}

// TestNoCtime edits a file on a file system whose ctime is the mtime, and puts that
// back. Polls believe it; whatever somebody asks for, and the resync, reads the file.
func TestNoCtime(t *testing.T) {
	key := harness.NthKey("com.example.a", 0)
	ask := func(ask func(t *testing.T, d *harness.Daemon)) func(*testing.T, *harness.Daemon) {
		return func(t *testing.T, d *harness.Daemon) {
			t.Helper()
			passes := d.Reach(t, "answering", func(*api.Status) bool { return true }).Passes
			d.Reach(t, "polling", func(s *api.Status) bool { return s.Passes > passes+5 })
			d.Has(t, key, "first@example.com")
			ask(t, d)
		}
	}
	for name, test := range map[string]struct {
		resync string
		ask    func(t *testing.T, d *harness.Daemon)
	}{
		"refresh": {"0", ask(func(t *testing.T, d *harness.Daemon) { d.FullPass(t) })},
		"signal":  {"0", ask(func(t *testing.T, d *harness.Daemon) { d.HangUp(t) })},
		"open": {"0", ask(func(t *testing.T, d *harness.Daemon) {
			ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
			defer cancel()
			_, err := d.Open(ctx, key)
			harness.Must(t, err)
		})},
		"resync": {"1s", func(*testing.T, *harness.Daemon) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			file := mountShare(t, root, key)[key]
			file.age(48 * time.Hour) // so that one read is enough to believe it
			d := harness.Launch(t, root, "--poll", "50ms", "--resync", test.resync)
			d.Loads(t, 1)
			file.rewrite(key, "other@example.com")
			test.ask(t, d)
			d.Shows(t, key, "other@example.com")
		})
	}
}

// age makes the file look as if it had not changed for some time.
func (f *sharedFile) age(by time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = time.Now().Add(-by)
}

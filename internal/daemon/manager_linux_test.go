package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/config"
)

// What the service manager shows says how the daemon is, in a person's words,
// whenever that changes.
func TestTellsHowItIs(t *testing.T) {
	told := manager(t)
	next := func(want string) {
		t.Helper()
		if got := told(); got != want {
			t.Fatalf("the manager was told %q, want %q", got, want)
		}
	}
	r := start(t, func(root string) {
		write(t, root, key(1), content(1, "a@example.com"))
		write(t, root, key(2), content(2, "b@example.com"))
	}, func(s *config.Settings) { s.Watch = config.WatchEvents })
	next("STATUS=loading the sessions")
	next("READY=1")
	next("STATUS=2 sessions, watching 2 folders")

	write(t, r.root, key(1), "{")
	for got := ""; got != "STATUS=1 session, 1 rejected, watching 2 folders"; {
		got = told() // it may have been seen in motion
		if !strings.HasPrefix(got, "STATUS=") {
			t.Fatalf("the manager was told %q", got)
		}
	}
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(string(key(1))))); err != nil {
		t.Fatal(err)
	}
	for got := ""; got != "STATUS=1 session, watching 2 folders"; {
		got = told()
	}
	r.stop()
	next("STOPPING=1")
}

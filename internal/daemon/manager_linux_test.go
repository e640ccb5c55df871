package daemon

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
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
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
		passestest.Write(t, root, passestest.Key(2), passestest.Content(2, "b@example.com"))
	}, func(s *config.Settings) { s.Watch = config.WatchEvents })
	next("STATUS=loading the sessions")
	next("READY=1")
	next("STATUS=2 sessions, watching 2 folders")

	passestest.Write(t, r.root, passestest.Key(1), "{")
	for got := ""; got != "STATUS=1 session, 1 rejected, watching 2 folders"; {
		got = told() // it may have been seen in motion
		if !strings.HasPrefix(got, "STATUS=") {
			t.Fatalf("the manager was told %q", got)
		}
	}
	if err := os.Remove(filepath.Join(r.root, filepath.FromSlash(passestest.Key(1).String()))); err != nil {
		t.Fatal(err)
	}
	for got := ""; got != "STATUS=1 session, watching 2 folders"; {
		got = told()
	}
	r.stop()
	next("STOPPING=1")
}

// A follower whose servers are away has started: nobody waits for another machine, and what
// is wrong is said.
func TestFollowerHasStarted(t *testing.T) {
	told := manager(t)
	s := replicated(t, "south")
	s.Follow = []string{"nats://" + deaf(t)}
	followerWith(t, s)
	if got := told(); got != "READY=1" {
		t.Errorf("the manager was told %q at first", got)
	}
	for got := ""; !strings.HasPrefix(got, "STATUS=0 sessions, loading: cannot reach the engine at "); {
		got = told()
	}
}

// The service manager is asked for more time while the first load gets on, and
// hears of a loop that lives after that.
func TestKeepsAlive(t *testing.T) {
	told := manager(t)
	t.Setenv("WATCHDOG_USEC", "400000")
	t.Setenv("WATCHDOG_PID", "")
	var made atomic.Uint64
	ready := make(chan struct{})
	d := &front{
		ready: ready,
		steps: func() uint64 { return made.Add(1) },
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); d.keepAlive(ctx) }()
	if got := told(); got != "EXTEND_TIMEOUT_USEC=60000000" {
		t.Errorf("during the first load, the manager was told %q", got)
	}
	close(ready)
	for got := ""; got != "WATCHDOG=1"; {
		got = told()
	}
	cancel()
	<-ended
}

package watcher

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModes(t *testing.T) {
	tests := map[Mode]struct {
		checked State // on a file system without events
		want    State
	}{
		Auto:   {State{Mode: Poll, Degraded: true, Watches: 0}, State{Mode: Events, Watches: 2}},
		Events: {State{Mode: Events, Watches: 2}, State{Mode: Events, Watches: 2}},
		Poll:   {State{Mode: Poll}, State{Mode: Poll}},
		Off:    {State{Mode: Off}, State{Mode: Off}},
	}
	for mode, test := range tests {
		t.Run(string(mode), func(t *testing.T) {
			for _, remote := range []bool{false, true} {
				root := t.TempDir()
				mkdir(t, root, "a.one")
				l := newLive(t, root, mode, never)
				want := test.want
				if remote {
					want = test.checked
				}
				if remote && mode == Auto {
					l.watches.check = func(string) error { return errNoEvents }
				}
				l.start()
				l.hasWatches(want.Watches)
				got := l.State()
				got.Reason = ""
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("state, remote %t (-want +got):\n%s", remote, diff)
				}
				l.stop()
			}
		})
	}
}

func TestPolling(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Poll, often)
	l.open = func() (*source, error) { return nil, errors.New("polling opened a source") }
	l.start()
	l.forgetChanges()
	mkdir(t, root, "b.two")
	write(t, "1", root, "a.one", "file")
	l.settle()
	if diff := cmp.Diff(pollAll(), l.gotChanges()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	l.hasMode(Poll, false)
}

func TestOffDoesNothing(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Off, often)
	l.open = func() (*source, error) { return nil, errors.New("off opened a source") }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	l.Renew("")
	l.Renew("a.one")
	l.Verify()
	l.Forget("a.one")
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if got := l.gotChanges(); !got.Empty() {
		t.Errorf("change %+v, want none", got)
	}
	l.hasWatches(0)
}

package watcher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	logDegraded = "changes cannot be watched; looking at everything at intervals instead"
	logRestored = "changes are watched again"

	logFolderPolled   = "an app folder cannot be watched; looking at it at intervals instead"
	logNoFolderPolled = "no app folder needs to be looked at at intervals any more"
)

// hasMode waits until a mode is in force.
func (l *live) hasMode(mode Mode, degraded bool) {
	l.t.Helper()
	var got State
	waitFor(l.t, func() bool {
		got = l.State()
		return got.Mode == mode && got.Degraded == degraded && (got.Reason != "") == degraded
	}, func() string { return fmt.Sprintf("state %+v, want mode %s, degraded %t", got, mode, degraded) })
}

// TestWatchesUsedUp lets the watches run out, as with
// fs.inotify.max_user_watches, and come back.
func TestWatchesUsedUp(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often)
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()

	notifier.failing(syscall.ENOSPC, 0)
	mkdir(t, root, "b.two")
	l.hasMode(Poll, true)
	if reason := l.State().Reason; !strings.Contains(reason, "no space left") {
		t.Errorf("reason %q does not say what is wrong", reason)
	}
	// What is watched stays watched, and the rest is seen by polling.
	l.hasWatches(2)
	write(t, "1", root, "b.two", "file")
	l.settle()
	// A watch on a folder that was replaced is given up.
	removeAll(t, root, "a.one")
	mkdir(t, root, "a.one")
	write(t, "1", root, "a.one", "file")
	l.settle()
	l.hasWatches(1)

	notifier.failing(nil, 0)
	l.hasMode(Events, false)
	l.settleWatched()
	l.logged(logDegraded, 1)
	l.logged(logRestored, 1)
}

// TestReturnStopsAtTheFirstFailure gets back one more watch at each attempt.
func TestReturnStopsAtTheFirstFailure(t *testing.T) {
	root := t.TempDir()
	for i := range 5 {
		mkdir(t, root, fmt.Sprintf("a.%d", i))
	}
	l := newLive(t, root, Auto, never)
	notifier := useFaulty(l.Watcher)
	notifier.failing(syscall.ENOSPC, 0)
	l.start()
	l.hasMode(Poll, true)
	for want := range 5 {
		l.pause = 0
		l.hasWatches(want)
		notifier.failing(syscall.ENOSPC, 1)
		l.tick()
	}
	l.pause = 0
	l.hasWatches(5)
	notifier.failing(nil, 0)
	l.tick()
	l.hasMode(Events, false)
	l.settleWatched()
}

// stuckLog is a log that takes no line until it is released.
type stuckLog struct {
	zapcore.Core
	released chan struct{}
}

func (s *stuckLog) Enabled(zapcore.Level) bool { return true }

func (s *stuckLog) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return to.AddCore(e, s)
}

func (s *stuckLog) Write(zapcore.Entry, []zapcore.Field) error {
	<-s.released
	return nil
}

// TestLogThatIsStuck has watching go on, to polling and back, time and again, while
// no line about it gets into the log.
func TestLogThatIsStuck(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often)
	log := &stuckLog{Core: zapcore.NewNopCore(), released: make(chan struct{})}
	l.cfg.Log = zap.New(log)
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()
	t.Cleanup(func() { close(log.released) }) // or the Watcher could not end
	for range maxNotices {
		notifier.failing(syscall.EMFILE, 0)
		mkdir(t, root, "b.two")
		l.hasMode(Poll, true)
		write(t, "1", root, "a.one", "file")
		l.settle()
		notifier.failing(nil, 0)
		l.hasMode(Events, false)
		removeAll(t, root, "b.two")
		l.settleWatched()
	}
}

// TestAttemptsBecomeFewer counts the ticks between attempts that are in vain.
func TestAttemptsBecomeFewer(t *testing.T) {
	l := newLive(t, t.TempDir(), Auto, never)
	attempts := 0
	l.open = func() (*source, error) {
		attempts++
		return nil, syscall.EMFILE
	}
	l.Renew("")
	var gaps []int
	for last, tick := 0, 1; len(gaps) < 8; tick++ {
		before := attempts
		l.tick()
		if attempts > before {
			gaps = append(gaps, tick-last)
			last = tick
		}
	}
	if diff := cmp.Diff([]int{1, 1, 2, 4, 8, 16, 32, 32}, gaps); diff != "" {
		t.Errorf("ticks between attempts (-want +got):\n%s", diff)
	}
}

// TestAttemptsBeginAnew makes no attempt wait because of those that were in vain
// before the last return to events.
func TestAttemptsBeginAnew(t *testing.T) {
	l := newLive(t, t.TempDir(), Auto, never)
	t.Cleanup(l.end)
	notifier := useFaulty(l.Watcher)
	notifier.failing(syscall.ENOSPC, 0)
	l.Renew("")
	for range 8 {
		l.tick()
	}
	notifier.failing(nil, 0)
	for l.State().Degraded {
		l.tick()
	}
	for range 8 {
		l.degrade(syscall.EMFILE) // which gives the watches back
		notifier.failing(syscall.ENOSPC, 0)
		l.tick()
		l.hasMode(Poll, true)
		notifier.failing(nil, 0)
		l.tick()
		l.hasMode(Events, false)
	}
}

// TestNoNotifier begins without inotify instances.
func TestNoNotifier(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often)
	work := make(chan struct{})
	l.open = func() (*source, error) {
		select {
		case <-work:
			return openSource(l.root)
		default:
			return nil, fmt.Errorf("cannot: %w", syscall.EMFILE)
		}
	}
	l.start()
	l.hasMode(Poll, true)
	write(t, "1", root, "a.one", "file")
	l.settle()
	close(work)
	l.hasMode(Events, false)
	l.settleWatched()
	write(t, "2", root, "a.one", "file")
	l.settleWatched()
	l.logged(logDegraded, 1)
	l.logged(logRestored, 1)
}

// TestDescriptorsUsedUp gives the watches back, since kqueue needs a descriptor
// for each file and so does a pass.
func TestDescriptorsUsedUp(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often)
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()
	notifier.failing(syscall.EMFILE, 0)
	mkdir(t, root, "b.two")
	l.hasMode(Poll, true)
	l.hasWatches(0)
	notifier.failing(nil, 0)
	l.hasMode(Events, false)
	l.settleWatched()
}

// TestSourceFails replaces a source that ended or cannot be trusted.
func TestSourceFails(t *testing.T) {
	tests := map[string]func(src *source){
		"ended": func(src *source) { _ = src.Close() },
		"says that it failed": func(src *source) {
			errs := make(chan error, 1)
			errs <- errors.New("out of order")
			go func(told <-chan error) {
				defer close(errs)
				for err := range told {
					errs <- err
				}
			}(src.errors)
			src.errors = errs
		},
	}
	for name, fail := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			mkdir(t, root, "a.one")
			l := newLive(t, root, Auto, often)
			opened := 0
			l.open = func() (*source, error) {
				src, err := openSource(l.root)
				if opened++; err == nil && opened == 1 {
					fail(src)
				}
				return src, err
			}
			l.start()
			l.logged(logDegraded, 1)
			l.logged(logRestored, 1)
			l.settleWatched()
			write(t, "1", root, "a.one", "file")
			l.settleWatched()
		})
	}
}

// TestFileSystemWithoutEvents polls on NFS and its like, until the root is on
// another file system.
func TestFileSystemWithoutEvents(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	local := make(chan struct{})
	check := func(string) error {
		select {
		case <-local:
			return nil
		default:
			return fmt.Errorf("on NFS: %w", errNoEvents)
		}
	}
	l := newLive(t, root, Auto, often)
	l.watches.check = check
	l.start()
	l.hasMode(Poll, true)
	l.hasWatches(0)
	l.forgetChanges()
	write(t, "1", root, "a.one", "file")
	l.settle()
	if diff := cmp.Diff(pollAll(), l.gotChanges()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	close(local)
	l.hasMode(Events, false)
	l.settleWatched()
}

// TestMountedOver finds that a file system without events took the root's place.
func TestMountedOver(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often).start()
	l.settleWatched()
	l.ops.Lock()
	l.watches.check = func(string) error { return errNoEvents }
	l.ops.Unlock()
	rename(t, root, root+".old")
	mkdir(t, root, "b.two")
	l.hasMode(Poll, true)
	l.settle()
	l.hasWatches(0)
	removeAll(t, root+".old")
}

// TestHungFileSystem ends although a call into the file system does not return.
func TestHungFileSystem(t *testing.T) {
	l := newLive(t, t.TempDir(), Auto, never)
	hung, release := make(chan struct{}), make(chan struct{})
	notifier := useFaulty(l.Watcher)
	notifier.adding = func(add func() error) error {
		close(hung)
		<-release
		return add()
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	go l.Renew("")
	<-hung
	if got := l.State(); got.Mode != Events {
		t.Errorf("state %+v, want events", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	close(release)
	l.hasWatches(0)
}

func TestOverflowTold(t *testing.T) {
	l := newLive(t, t.TempDir(), Auto, never).start()
	l.forgetChanges()
	l.noteError(l.watches.src, fsnotify.ErrEventOverflow)
	l.settle()
	if diff := cmp.Diff(rescanAll(), l.gotChanges()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if got := l.State().Overflows; got != 1 {
		t.Errorf("%d overflows, want 1", got)
	}
}

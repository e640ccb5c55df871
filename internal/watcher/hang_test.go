package watcher

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/hang"
)

// hangs is a call into the file system that hangs until it is released.
type hangs struct {
	once    sync.Once
	begun   chan struct{}
	over    chan struct{}
	release func()
}

func newHangs(t *testing.T) *hangs {
	h := &hangs{begun: make(chan struct{}), over: make(chan struct{})}
	h.release = sync.OnceFunc(func() { close(h.over) })
	t.Cleanup(h.release) // or nothing could end
	return h
}

func (h *hangs) call() {
	h.once.Do(func() { close(h.begun) })
	<-h.over
}

// impatient is how long these tests wait for a call that hangs. Where a busy
// machine takes as long for one that does not, the Watcher only polls for once.
const impatient = 200 * time.Millisecond

// pollsBecauseOfHang insists that passes go on, and see everything, while a call
// hangs.
func (l *live) pollsBecauseOfHang(folder string) {
	l.t.Helper()
	waitFor(l.t, func() bool { return strings.Contains(l.State().Reason, hang.ErrHung.Error()) },
		func() string { return sprintf("state %+v, want the reason to be that %v", l.State(), hang.ErrHung) })
	l.hasMode(Poll, true)
	for _, content := range []string{"1", "2"} {
		write(l.t, content, l.root, folder, "written while it hangs")
		mkdir(l.t, l.root, folder+content)
		l.settle()
	}
	removeAll(l.t, l.root, folder+"1")
	l.settle()
	l.forgetChanges()
	waitFor(l.t, l.wasPolled,
		func() string { return sprintf("change %+v, want one of the timer", l.gotChanges()) })
	l.isLogged(1)
}

// returnsToEvents insists that all is watched again.
func (l *live) returnsToEvents(folder string) {
	l.t.Helper()
	l.hasMode(Events, false)
	l.settleWatched()
	write(l.t, "3", l.root, folder, "written after it hung")
	l.settleWatched()
	l.isLogged(0)
}

// isLogged waits until the log says so many times more that there are no events
// than that they are back.
func (l *live) isLogged(want int) {
	l.t.Helper()
	var degraded, restored int
	waitFor(l.t, func() bool {
		restored = l.logs.FilterMessage(logRestored).Len()
		degraded = l.logs.FilterMessage(logDegraded).Len()
		return degraded == restored+want
	}, func() string {
		return sprintf("logged %d times that there are no events, %d times that they are back", degraded, restored)
	})
}

// TestHangs has a call into the file system hang, and come back.
func TestHangs(t *testing.T) {
	tests := map[string]func(l *live, n *faulty, hung *hangs){
		"at the start": func(l *live, _ *faulty, hung *hangs) {
			l.watches.check = func(string) error { hung.call(); return nil }
			l.start()
		},
		"in a pass": func(l *live, n *faulty, hung *hangs) {
			l.start().settleWatched()
			n.hanging(hung)
			mkdir(l.t, l.root, "b.two")
		},
		"at a tick": func(l *live, n *faulty, hung *hangs) {
			l.start().settleWatched()
			n.hanging(hung)
			l.ops.Lock()
			must(l.t, l.watches.src.Remove(l.root))
			l.ops.Unlock()
		},
		"in an attempt to return to events": func(l *live, n *faulty, hung *hangs) {
			n.failing(syscall.ENOSPC, 1)
			l.start()
			l.hasMode(Poll, true)
			n.hanging(hung)
			n.failing(nil, 0)
		},
	}
	for name, hang := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			mkdir(t, root, "a.one")
			l := newLive(t, root, Auto, often)
			l.ops.patience = impatient
			notifier := useFaulty(l.Watcher)
			hung := newHangs(t)
			hang(l, notifier, hung)
			<-hung.begun
			l.pollsBecauseOfHang("a.one")
			hung.release()
			l.returnsToEvents("a.one")
		})
	}
}

// TestHangsForGood ends although a call hangs, and gives its watches back once it
// returns.
func TestHangsForGood(t *testing.T) {
	root := t.TempDir()
	mkdir(t, root, "a.one")
	l := newLive(t, root, Auto, often)
	l.ops.patience = impatient
	notifier := useFaulty(l.Watcher)
	l.start().settleWatched()
	hung := newHangs(t)
	notifier.hanging(hung)
	mkdir(t, root, "b.two")
	<-hung.begun
	l.pollsBecauseOfHang("a.one")
	l.stop()
	hung.release()
	l.hasWatches(0)
}

// hung returns a Watcher without a timer whose root's watch is set again, in vain,
// by a tick.
func hung(t *testing.T) (l *live, notifier *faulty, hung *hangs) {
	t.Helper()
	root := t.TempDir()
	mkdir(t, root, "a.one")
	mkdir(t, root, "b.two")
	l = newLive(t, root, Auto, never)
	notifier, hung = useFaulty(l.Watcher), newHangs(t)
	t.Cleanup(func() {
		hung.release()
		l.end()
	})
	for _, folder := range []string{"", "a.one", "b.two"} {
		l.Renew(folder)
	}
	l.Verify()
	l.hasWatches(3)
	must(t, l.watches.src.Remove(root))
	notifier.hanging(hung)
	l.ops.patience = impatient
	l.tick()
	return l, notifier, hung
}

// handedOn insists on what was handed on since it was last asked.
func (l *live) handedOn(want Change) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.gotChanges()); diff != "" {
		l.t.Errorf("changes (-want +got):\n%s", diff)
	}
	l.forgetChanges()
}

// TestNothingIsWatchedAfterHang has all watches given back, since none of them was
// renewed for a while, and nobody set another one before the next tick.
func TestNothingIsWatchedAfterHang(t *testing.T) {
	l, notifier, hung := hung(t)
	l.handedOn(pollAll())
	l.Renew("a.one")
	l.Forget("b.two")
	l.Verify()
	l.tick()
	l.handedOn(pollAll())

	hung.release()
	l.ops.Lock() // when its work has ended
	adds := notifier.adds
	l.ops.Unlock()
	l.handedOn(rescanAll())
	l.hasWatches(0)
	if adds != 4 {
		t.Errorf("Add was called %d times, want 4: work that nobody waits for ends", adds)
	}

	l.ops.patience = patient
	l.Renew("")
	l.Renew("a.one")
	l.Verify()
	l.hasWatches(0)
	l.tick()
	l.handedOn(pollAll())
	l.hasWatches(3)
	l.hasMode(Events, false)
}

// TestEachFolderIsAStep counts how often work says that it goes on, which keeps
// many folders from being taken for one that hangs.
func TestEachFolderIsAStep(t *testing.T) {
	root := t.TempDir()
	l := newLive(t, root, Auto, never)
	t.Cleanup(l.end)
	steps, step := 0, l.watches.step
	l.watches.step = func() error {
		steps++
		return step()
	}
	for i := range 9 {
		mkdir(t, root, sprintf("a.%d", i))
	}
	l.Renew("")
	for i := range 9 {
		l.Renew(sprintf("a.%d", i))
	}
	if steps != 10 {
		t.Errorf("%d steps for the watches of 10 folders", steps)
	}
	steps = 0
	l.Verify()
	if steps != 10 {
		t.Errorf("%d steps for a look at 10 folders", steps)
	}
}

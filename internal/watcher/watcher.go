package watcher

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Mode says how changes are learned of.
type Mode string

// The modes.
const (
	// Auto watches where the file system gives events and polls where not.
	Auto Mode = "auto"
	// Events watches also where the file system is known to give no events for
	// what others write.
	Events Mode = "events"
	// Poll asks for a full pass at every tick of the timer.
	Poll Mode = "poll"
	// Off neither watches nor polls.
	Off Mode = "off"
)

// Config is what a [Watcher] needs to know. All of it is required.
type Config struct {
	// Root is the MobileApps folder; it need not be there.
	Root string
	Mode Mode
	// Debounce is how long a file or folder must be quiet for the next event about
	// it to be handed on at once. Where it was not, events about it are gathered
	// until it is quiet, for DebounceMax at most.
	Debounce, DebounceMax time.Duration
	// Poll is how often the identity of the root and of the app folders is looked at,
	// or a full pass asked for where there are no events.
	Poll time.Duration
	// Interest reports whether a name counts, in an app folder or, where folder
	// is empty, in the root. It is called from one of the Watcher's goroutines.
	Interest func(folder, name string) bool
	Log      *zap.Logger
}

// State is what a [Watcher] does now.
type State struct {
	// Mode is the one in force: [Events], [Poll] or [Off].
	Mode Mode
	// Degraded is true where events were asked for and cannot be had, or not for
	// some app folders, if Mode is [Events]; Reason says why, for a person.
	Degraded bool
	Reason   string
	// Watches is how many folders have a watch, the root included.
	Watches int
	// Gathering is true while there are events that the sink has not got yet.
	Gathering bool
	// Overflows is how often the operating system lost events.
	Overflows uint64
}

// Watcher hands on changes. It is made with [New], works while
// [Watcher.Run] runs, and its methods may be called from several goroutines,
// before Run, too.
type Watcher struct {
	cfg     Config
	root    string // cleaned
	changes *debouncer
	broken  chan struct{} // a source failed

	notices notices

	active    atomic.Pointer[activeMode]
	overflows atomic.Uint64

	// Nothing that drains a source may wait for ops: its holder may be waiting
	// for fsnotify, and fsnotify for the draining.
	ops     *boundedLock // for all below
	watches *watches
	open    func() (*source, error)
	drains  sync.WaitGroup
	ended   bool
	gap     int  // ticks from one attempt to return to events to the next
	pause   int  // ticks until the next attempt
	polling bool // the log says that some app folders are polled
}

// stopGrace is how long Run waits, at its end, for a file system that does not
// answer.
const stopGrace = time.Second

// New returns a Watcher that hands its changes to sink, one at a time, from its own
// goroutines and those that call it. The sink must neither block nor call the
// Watcher.
func New(cfg Config, sink func(Change)) *Watcher {
	w := &Watcher{
		cfg:     cfg,
		root:    filepath.Clean(cfg.Root),
		changes: newDebouncer(cfg.Debounce, cfg.DebounceMax, sink),
		broken:  make(chan struct{}, 1),
		notices: newNotices(),
	}
	w.open = func() (*source, error) { return openSource(w.root) }
	check := checkFileSystem
	if cfg.Mode == Events {
		check = func(string) error { return nil }
	}
	w.ops = newBoundedLock(w.gaveUp, w.cameBack)
	w.watches = newWatches(w.root, check, w.ops.step)
	w.active.Store(&activeMode{mode: Events})
	if cfg.Mode == Poll || cfg.Mode == Off {
		w.active.Store(&activeMode{mode: cfg.Mode})
	}
	return w
}

// Run hands on changes until ctx ends, and then gives all watches back. It returns
// nil. A Watcher runs once.
func (w *Watcher) Run(ctx context.Context) error {
	if w.cfg.Mode == Off {
		<-ctx.Done()
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var running sync.WaitGroup
		running.Go(func() { w.poll(ctx) })
		running.Go(func() { w.notices.run(ctx) })
		running.Wait()
		w.end()
	}()
	<-ctx.Done()
	select {
	case <-done:
	case <-time.After(stopGrace):
		w.cfg.Log.Warn("the file system does not answer; its watches are left to the end of the process",
			zap.String("root", w.root))
	}
	return nil
}

// end closes the source and waits until it is drained.
func (w *Watcher) end() {
	w.changes.close()
	w.ops.Lock()
	w.ended = true
	w.watches.release()
	w.ops.Unlock()
	w.drains.Wait()
}

// State returns what the Watcher does now. It never waits for the file system.
func (w *Watcher) State() State {
	now := w.active.Load()
	reason := now.reason
	if now.mode == Events {
		reason = w.watches.pollReason()
	}
	return State{
		Mode:      now.mode,
		Degraded:  reason != "",
		Reason:    reason,
		Watches:   int(w.watches.count.Load()),
		Gathering: w.changes.gathering(),
		Overflows: w.overflows.Load(),
	}
}

package passes

import (
	"context"
	"sync/atomic"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Config says what passes work on and who is told of them.
type Config struct {
	// Memory and Store belong to the loop from here on: nobody else runs passes
	// over the one or applies outcomes to the other.
	Memory *refresh.Memory
	Store  *store.Store
	// Clock is the one that the memory has.
	Clock refresh.Clock
	// Resync is the interval of routine full passes; 0 is never.
	Resync time.Duration
	// Applied is told of each pass once its outcome is visible, one after another.
	Applied func(Pass)
	// Finished is called after one pass or several that were asked for together,
	// before anybody is answered; hangup says that they did what a SIGHUP asked for.
	Finished func(hangup bool)
}

// Pass is a pass that was made.
type Pass struct {
	Outcome session.Outcome
	// Before and After are what there was to see before the pass and is now.
	Before, After *store.View
	// Since is when the first file event came of those that the pass answers; zero
	// where there was none.
	Since time.Time
	// Applied is when readers could see the outcome.
	Applied time.Time
}

// State is what a pass found that is no error, but that a person wants to be told.
type State struct {
	// Root says what the tree is without.
	Root refresh.RootState
	// Held is how many removals are held back because they are many.
	Held int
	// Slow is where files settle slowly.
	Slow refresh.SlowFileSystem
	// Origin is where the tree was found, and Admitting is true as long as the admission
	// of start-up is still to come.
	Origin    refresh.Origin
	Admitting bool
	// Linked is where there are only links.
	Linked refresh.OnlyLinks
}

// Loop runs the passes. All methods but [Loop.Run] may be called at any time, from
// any goroutine. Those that wait for a report may get [ErrStopping], [ErrTooMany] or
// their context's error; the others return at once.
type Loop struct {
	cfg   Config
	queue *queue

	ready     chan struct{} // closed after the first pass
	heartbeat chan struct{} // gives a value to whoever waits, while there is nothing to do
	pace      pace
	waiting   []*unanswered
	state     atomic.Pointer[State]
}

// New returns a loop that runs nothing yet.
func New(cfg Config) *Loop {
	l := &Loop{cfg: cfg, queue: newQueue(), ready: make(chan struct{}), heartbeat: make(chan struct{})}
	l.state.Store(&State{Admitting: true})
	return l
}

// Refresh returns the report of a full pass that began after the call.
func (l *Loop) Refresh(ctx context.Context) (session.Report, error) {
	return l.queue.refresh(func(b *pendingWork) { b.asked = true }).wait(ctx)
}

// RefreshBraked is Refresh for somebody who may not have many sessions removed: what the
// pass finds gone or invalid is held back as if nobody had asked, unless somebody asked
// for the same pass who may.
func (l *Loop) RefreshBraked(ctx context.Context) (session.Report, error) {
	return l.queue.refresh(func(*pendingWork) {}).wait(ctx)
}

// TakeRoot is Refresh, and takes what is mounted now for the tree.
func (l *Loop) TakeRoot(ctx context.Context) (session.Report, error) {
	return l.queue.refresh(func(b *pendingWork) { b.asked, b.takeRoot = true, true }).wait(ctx)
}

// Open returns what a pass with admission on, that began after the call, has to report
// about one file.
func (l *Loop) Open(ctx context.Context, key session.Key) (session.Report, error) {
	return l.queue.open(request{what: openFile, file: key}).wait(ctx)
}

// OpenSoon asks for what [Loop.Open] asks for, and does not wait for it.
func (l *Loop) OpenSoon(key session.Key) { l.queue.open(request{what: openFile, file: key}) }

// OpenAll returns the report of a full pass with admission on.
func (l *Loop) OpenAll(ctx context.Context) (session.Report, error) {
	return l.queue.open(request{what: openAll}).wait(ctx)
}

// OpenSince returns what a pass with admission on has to report about the files of the
// sessions that were removed since a time, or since an earlier one that another request
// named that waited with this.
func (l *Loop) OpenSince(ctx context.Context, since time.Time) (session.Report, error) {
	return l.queue.openSince(since).wait(ctx)
}

// Edited returns what a pass that began after the call has to report about files that
// the daemon itself has changed or, with deleted, has deleted.
func (l *Loop) Edited(ctx context.Context, deleted bool, files ...session.Key) (session.Report, error) {
	r := request{what: lookAtEdited, files: &files}
	if deleted {
		r.what = lookAtDeleted
	}
	return l.queue.open(r).wait(ctx)
}

// BeginDeletion says that the daemon is about to delete files: until EndDeletion, which comes
// after [Loop.Edited] has returned, passes find nothing in that they are absent.
func (l *Loop) BeginDeletion(files ...session.Key) { l.cfg.Memory.BeginDeletion(files...) }

// EndDeletion ends that for some of the files, whether or not they were deleted.
func (l *Loop) EndDeletion(files ...session.Key) { l.cfg.Memory.EndDeletion(files...) }

// Changed asks for a pass over files and folders because of a trigger, that they
// changed or that they are polled. The first event about them came at since, zero
// for none.
func (l *Loop) Changed(trigger session.Trigger, keys []session.Key, since time.Time) {
	l.queue.changed(trigger, keys, since)
}

// Rescan asks for a full pass because of a trigger. The first event that it answers
// came at since, zero for none.
func (l *Loop) Rescan(trigger session.Trigger, since time.Time) { l.queue.full(trigger, since) }

// Hangup asks for a full pass because of a SIGHUP.
func (l *Loop) Hangup() { l.queue.hangup() }

// HasHangup reports whether a SIGHUP waits for its pass.
func (l *Loop) HasHangup() bool { return l.queue.hasHangup() }

// Busy reports whether a pass runs or is due, the first included, or a key is in
// motion or held back.
func (l *Loop) Busy() bool { return l.queue.busy() }

// State returns what the last pass found.
func (l *Loop) State() State { return *l.state.Load() }

// Ready is closed after the first pass, which is the first load.
func (l *Loop) Ready() <-chan struct{} { return l.ready }

// Heartbeat gives a value to whoever waits for one, while the loop has nothing to do.
func (l *Loop) Heartbeat() <-chan struct{} { return l.heartbeat }

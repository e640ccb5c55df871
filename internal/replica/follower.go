package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// FollowerConfig is what a [Follower] is made of. All of it is required but Applied.
type FollowerConfig struct {
	Log Log
	// Store is the follower's from here on: nobody else applies anything to it. It is made
	// with the time 0, so that its revisions can be those of the authority's store.
	Store *store.Store
	// StaleAfter is the age from which the view is stale, and StaleLimit that from which it
	// is expired; 0 is never.
	StaleAfter, StaleLimit time.Duration
	Clock                  Clock
	// Applied is told of each change of the view, one after another; nil for nobody.
	Applied func(before, after *store.View, o *session.Outcome)
	// Changed is told when state or reason have changed, one call after another.
	Changed func(Status)
}

// Follower keeps a store that shows what an authority's shows.
type Follower struct {
	cfg   FollowerConfig
	ready chan struct{} // closed with the first view

	// These belong to Run's goroutine.
	shadow  *shadow
	born    time.Time // of the log that the shadow is of
	contact time.Duration
	again   bool          // everything is to be read again
	absence time.Duration // after which a removal may have been missed
	streak  int           // sums that failed in a row
	transit transit

	mu      sync.Mutex
	status  Status
	seen    time.Duration // when the view was known to be the authority's
	reached chan struct{} // closed, and replaced, with each view
}

// NewFollower returns a follower that follows nothing before [Follower.Run].
func NewFollower(cfg FollowerConfig) *Follower {
	return &Follower{
		cfg:     cfg,
		absence: TombstoneTTL / 2,
		ready:   make(chan struct{}),
		reached: make(chan struct{}),
		status:  atFirst(),
	}
}

// atFirst is the status before anything has happened, of which nobody is told.
func atFirst() Status {
	return Status{Role: RoleFollower, State: StateLoading, Reason: "the engine was not asked yet"}
}

// Ready is closed once there is a view.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// Status returns what the follower does, and how old its view is.
func (f *Follower) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now()
}

// now returns the status with what the time makes of it. The caller holds mu.
func (f *Follower) now() Status {
	s := f.status
	if s.Head == nil {
		return s
	}
	s.Age = f.cfg.Clock() - f.seen
	switch {
	case f.cfg.StaleLimit > 0 && s.Age > f.cfg.StaleLimit:
		s.Stale = Expired
	case f.cfg.StaleAfter > 0 && s.Age > f.cfg.StaleAfter:
		s.Stale = Stale
	}
	if s.Stale != Fresh && s.State == StateFollowing {
		s.State = StateStale
		switch {
		case s.Reason != "":
		case s.Head.Released:
			s.Reason = fmt.Sprintf("the authority at node %s was stopped", s.Head.By)
		default:
			s.Reason = fmt.Sprintf("nothing was heard of the authority at node %s", s.Head.By)
		}
	}
	return s
}

func (f *Follower) update(change func(*Status)) {
	f.mu.Lock()
	change(&f.status)
	f.mu.Unlock()
}

// Position returns the state of the authority that the view is of; zero before the first.
func (f *Follower) Position() Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.status.Head == nil {
		return Position{}
	}
	return f.status.Head.Position()
}

// Await waits until the view has reached a position. It returns the context's error where
// that ends before.
func (f *Follower) Await(ctx context.Context, p Position) error {
	for {
		f.mu.Lock()
		head, reached := f.status.Head, f.reached
		f.mu.Unlock()
		if head != nil && head.Position().Reaches(p) {
			return nil
		}
		select {
		case <-reached:
		case <-ctx.Done():
			return fmt.Errorf("cannot wait for what the authority shows: %w", ctx.Err())
		}
	}
}

// tellEvery is how often it is looked at whether the view has become stale.
const tellEvery = 250 * time.Millisecond

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	var running errgroup.Group
	running.Go(func() error { f.tell(ctx); return nil })
	var pause backoff
	for ctx.Err() == nil {
		matched := f.Position()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			break
		}
		f.failed(err)
		if f.Position() != matched {
			pause = backoff{}
		}
		pause.wait(ctx, err)
	}
	_ = running.Wait() // it returns none
}

// tell tells of changes of the state, also of those that come with time alone.
func (f *Follower) tell(ctx context.Context) {
	told := atFirst()
	for {
		now := f.Status()
		if now.State != told.State || now.Reason != told.Reason || now.Stale != told.Stale {
			told = now
			f.cfg.Changed(now)
		}
		if sleep(ctx, tellEvery) != nil {
			return
		}
	}
}

// Why following begins again.
var (
	errSilence  = errors.New("nothing comes, although the stream has something")
	errWentBack = errors.New("the stream went back: everything is read again")
	errSum      = errors.New("the sum of what was read is another than the authority's: everything is read again")
)

func (f *Follower) failed(err error) {
	f.update(func(s *Status) {
		s.Reason, s.Code = err.Error(), ""
		if refused := new(RefusedError); errors.As(err, &refused) {
			s.Code = refused.Code
		}
	})
}

// follow follows from where the shadow is, or from the beginning where that may lack
// something, until something fails.
func (f *Follower) follow(ctx context.Context) error {
	asked := f.cfg.Clock() // before the engine told its time
	info, err := f.cfg.Log.Info(ctx)
	if err != nil {
		return err
	}
	f.update(func(s *Status) { s.Engine = info.Engine })
	if f.shadow == nil || f.again || !info.Born.Equal(f.born) || info.Last < f.shadow.last || asked-f.contact > f.absence {
		f.shadow, f.again, f.born = newShadow(), false, info.Born
		f.update(func(s *Status) { s.Fulls++ })
	}
	r, err := f.cfg.Log.Read(ctx, f.shadow.last, false)
	if err != nil {
		return fmt.Errorf("cannot read the stream: %w", err)
	}
	defer r.Close()
	// What the log had before the reader was there may be old, whenever it arrives.
	arrived := func(m *Message) time.Duration {
		if m.Sequence > info.Last {
			return f.cfg.Clock()
		}
		return asked - max(0, info.Now.Sub(m.Time))
	}
	for {
		m, err := f.next(ctx, r)
		if err != nil {
			return err
		}
		f.contact = f.cfg.Clock()
		if err := f.take(ctx, &m, arrived(&m)); err != nil {
			return err
		}
	}
}

// silence is how long nothing may come before the log is asked whether there is anything.
const silence = 3 * time.Second

// next waits for the next message. A reader of a log that went back, or was made again, may
// wait for ever without an error.
func (f *Follower) next(ctx context.Context, r Reader) (Message, error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, silence)
		m, err := r.Next(waiting)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return m, err
		}
		info, err := f.cfg.Log.Info(ctx)
		switch {
		case err != nil:
			return Message{}, err
		case !info.Born.Equal(f.born) || info.Last != f.shadow.last:
			return Message{}, errSilence
		}
	}
}

// take takes a message that arrived at a time, and shows all that came since the last head
// where the message has a head that says that nothing is missing.
func (f *Follower) take(ctx context.Context, m *Message, arrived time.Duration) error {
	f.shadow.take(m)
	f.update(func(s *Status) { s.Pending = int(min(m.Pending, 1<<31-1)) })
	if m.Head == "" {
		return nil
	}
	h, err := decodeHead(m.Head)
	switch {
	case errors.Is(err, ErrNewer):
		return &RefusedError{RefusedVersion, fmt.Sprintf("cannot follow a newer version of sessiond: %v", err)}
	case err != nil:
		return nil //nolint:nilerr // somebody else's
	}
	made := f.transit.made(h, arrived)
	switch {
	case !h.Born.Equal(f.born):
		// From before the stream was copied or restored, unless it was made again unnoticed.
		if m.Pending == 0 {
			return errWentBack
		}
		return nil
	case !h.Synced:
		f.update(func(s *Status) { s.Reason = fmt.Sprintf("the authority at node %s is %s", h.By, h.State) })
		return nil
	}
	if f.shadow.full && m.Pending > 0 {
		return nil // an older head may be true of what is read so far: it is not shown again
	}
	if h.Sum == f.shadow.sum && h.Sessions == len(f.shadow.sessions) {
		f.matched(h, made)
		return nil
	}
	return f.mismatch(ctx, m)
}

// mismatch returns an error where the log holds something that the shadow lacks. That the
// sum of an older head fails means nothing: what was replaced since is not in the log any
// more.
func (f *Follower) mismatch(ctx context.Context, m *Message) error {
	if m.Pending > 0 {
		return nil
	}
	info, err := f.cfg.Log.Info(ctx)
	if err != nil {
		return err
	}
	if info.Born.Equal(f.born) && info.Last > m.Sequence && f.streak < maxStreak {
		// More is on its way. A log that always has more is not followed for ever.
		f.streak++
		return nil
	}
	f.again = true
	f.streak = 0
	f.update(func(s *Status) {
		s.Mismatches++
		s.failures++
		if s.failures >= diverging {
			s.State = StateDiverged
		}
	})
	return errSum
}

const (
	// maxStreak is how many heads may fail while others follow them.
	maxStreak = 20
	// diverging is how many snapshots may fail in a row before that is said aloud.
	diverging = 3
)

// matched shows what the authority's store showed at a head.
func (f *Follower) matched(h *Head, seen time.Duration) {
	f.streak = 0
	before := f.cfg.Store.View()
	if o, differs := f.shadow.show(f.cfg.Store, h); differs && f.cfg.Applied != nil {
		f.cfg.Applied(before, f.cfg.Store.View(), &o)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.status.Head == nil
	f.status.Head, f.status.failures = h, 0
	f.status.State, f.status.Reason, f.status.Code = StateFollowing, "", ""
	f.status.Source, f.status.Omitted = f.shadow.source, 0
	f.seen = seen // earlier than before where the log went back
	if first {
		close(f.ready)
	}
	close(f.reached)
	f.reached = make(chan struct{})
}

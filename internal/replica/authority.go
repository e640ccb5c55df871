package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// AuthorityConfig is what an [Authority] is made of. All of it is required.
type AuthorityConfig struct {
	Log  Log
	Node string // names this daemon among those of its log
	// Run is the epoch of the daemon's store.
	Run session.Epoch
	// Beat is how often a head is published at least, Lease how long the heads of another
	// authority may not have moved before this one takes over.
	Beat, Lease time.Duration
	Clock       Clock
	// Source returns the daemon's status, which followers show, as JSON. It is called once a
	// beat.
	Source func() []byte
	// Changed is told when state or reason have changed, one call after another.
	Changed func(Status)
}

// Authority publishes what a store shows.
type Authority struct {
	cfg  AuthorityConfig
	wake chan struct{} // has a value when there is something new to publish

	mu      sync.Mutex
	target  target
	adopted bool
	status  Status
	epoch   uint64 // the highest that this authority had
	beatAt  time.Duration
}

// target is what is to be published.
type target struct {
	view    *store.View // nil before the first pass
	loaded  bool        // the admission of start-up is done
	changes changes     // what may differ from what was taken before
	pass    uint64      // the number of the last pass
	trigger session.Trigger
}

// NewAuthority returns an authority that publishes nothing before [Authority.Run].
func NewAuthority(cfg AuthorityConfig) *Authority {
	return &Authority{
		cfg:    cfg,
		wake:   make(chan struct{}, 1),
		status: Status{Role: RoleAuthority, State: StateAway, Reason: "the engine was not asked yet"},
	}
}

// Observe takes note of a pass: the view after it, what it changed, and whether the
// admission of start-up is done. It is called after each pass, by one goroutine, and never
// waits for the engine.
func (a *Authority) Observe(after *store.View, o *session.Outcome, loaded bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := &a.target
	t.view, t.loaded = after, loaded
	t.pass, t.trigger = o.Report.Pass, o.Report.Trigger
	t.changes.add(o)
	a.ring()
}

func (a *Authority) ring() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// take returns what is to be published. From then on the authority gathers what comes
// after it.
func (a *Authority) take() target {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := a.target
	a.target.changes = changes{}
	return taken
}

// peek returns the same and leaves it where it is.
func (a *Authority) peek() (view *store.View, loaded, adopted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.target.view, a.target.loaded && a.target.view != nil, a.adopted
}

// ErrNotHeld is returned by [Authority.Adopt] where there is nothing to adopt.
var ErrNotHeld = errors.New("the authority is not held for what it would remove")

// Adopt lets the authority publish what it is held for: somebody knows that the sessions
// that it would remove are gone.
func (a *Authority) Adopt() (Removals, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.status.State != StateHeld || a.status.Held == (Removals{}) {
		return Removals{}, ErrNotHeld
	}
	a.adopted = true
	a.ring()
	return a.status.Held, nil
}

// Status returns what the authority does.
func (a *Authority) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	status := a.status
	status.Pending = a.target.changes.len()
	if status.Head != nil {
		status.Age = a.cfg.Clock() - a.beatAt
	}
	return status
}

// Position returns the state that a follower has to reach to see what the store shows now.
// It is zero where the authority publishes nothing now.
func (a *Authority) Position() Position {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.target.view == nil || a.status.State != StateLive && a.status.State != StateSyncing {
		return Position{}
	}
	return Position{Epoch: a.epoch, N: a.target.view.Passes()}
}

// update changes the status, and tells of it.
func (a *Authority) update(change func(*Status)) {
	a.mu.Lock()
	before := a.status
	change(&a.status)
	now := a.status
	a.mu.Unlock()
	if before.State != now.State || before.Reason != now.Reason {
		a.cfg.Changed(now)
	}
}

// Run publishes until ctx ends, and then says that it has stopped.
func (a *Authority) Run(ctx context.Context) {
	var pause backoff
	for ctx.Err() == nil {
		t := &term{a: a, log: a.cfg.Log}
		err := t.run(ctx)
		if ctx.Err() != nil {
			return
		}
		a.lost(err)
		if t.synced {
			pause = backoff{}
		}
		pause.wait(ctx, err)
	}
}

// lost takes note of why a term has ended.
func (a *Authority) lost(err error) {
	a.update(func(s *Status) {
		s.State, s.Held, s.Code = StateAway, Removals{}, ""
		s.Reason = err.Error()
		var refused *RefusedError
		switch {
		case errors.As(err, &refused):
			s.Code = refused.Code
		case errors.Is(err, errFenced):
			s.State = StateHeld
			s.Fenced++
		case errors.Is(err, errLost), errors.Is(err, errWiped):
			s.Losses++
		}
	})
}

// Why a term ends.
var (
	errFenced = errors.New("another authority of this name has taken over")
	errLost   = errors.New("the stream has lost messages, or somebody else wrote into it: everything is compared")
	errWiped  = errors.New("the stream was made again: everything is published again")
)

// backoff spaces attempts.
type backoff struct{ pause time.Duration }

// Bounds of a pause.
const (
	minPause     = 100 * time.Millisecond
	maxPause     = time.Second
	refusedPause = 30 * time.Second // people have to change something
)

// wait waits before the next attempt, after an error.
func (b *backoff) wait(ctx context.Context, err error) {
	longest := maxPause
	if refused := new(RefusedError); errors.As(err, &refused) {
		longest = refusedPause
	}
	b.pause = min(max(2*b.pause, minPause), longest)
	_ = sleep(ctx, b.pause) // the caller looks at the context
}

// sleep waits, or until ctx ends, whose error it returns then.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cannot go on: %w", ctx.Err())
	}
}

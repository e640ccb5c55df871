package notify

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Config says whom to tell, and how.
type Config struct {
	// URL is where requests go, with http or https.
	URL string
	// SecretFile holds the bearer token. It is read for each request.
	SecretFile string
	// Interval is the least time from one request to the next, except after a change that
	// was made through the daemon. It must not be 0.
	Interval time.Duration
	// Version is the daemon's.
	Version string
	Log     *zap.Logger
	// Sent counts requests, by whether the server answered with success; nil where nobody
	// counts.
	Sent func(success bool)
}

// Notifier tells a 4D server. It is safe for concurrent use.
type Notifier struct {
	cfg    Config
	shown  string // the URL as people see it
	client *http.Client
	wake   chan struct{} // has a value when there may be something to do

	mu    sync.Mutex
	state state
}

// state is all that changes.
type state struct {
	// pending is what the server has not been told, sending what it is being told.
	pending, sending changes
	block            block
	away             map[session.Key]bool // folders whose mount is away, and the root if it cannot be listed
	rejected         codes                // by our own passes
	position         session.Position     // after the last pass

	begin    time.Time // no request before this, unless an administrator's change is pending
	failures int       // in a row
	fault    string    // the last failure

	succeeded time.Time
	told      session.Position // at that time
	answer    answer
	differs   string
}

// New returns a Notifier that has told nothing yet.
func New(cfg Config) *Notifier {
	if cfg.Sent == nil {
		cfg.Sent = func(bool) {}
	}
	return &Notifier{
		cfg: cfg, shown: shownURL(cfg.URL), client: newClient(),
		wake: make(chan struct{}, 1),
		state: state{
			pending: changes{trigger: session.TriggerStartup, since: time.Now()},
			block:   block{loading: true},
			away:    map[session.Key]bool{},
		},
	}
}

// shownURL returns a URL without its query, which may hold what is not for everybody.
func shownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	u.RawQuery, u.ForceQuery, u.User = "", false, nil
	return u.String()
}

// Observe takes a pass: its outcome, what there is to see after it, and whether the
// sessions are still to be loaded. It must be called for every pass, one after another,
// and waits for nothing.
func (n *Notifier) Observe(o *session.Outcome, after *store.View, loading bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	s.noteAway(o)
	unsettled := after.CountUnsettled()
	s.block = block{loading: loading, inMotion: unsettled.InMotion, held: unsettled.ManyGone, away: len(s.away)}
	s.position = after.Position()
	s.rejected = codesOf(after.RejectedByCode())
	s.pending = s.pending.and(changesOf(o, time.Now()))
	n.wakeUp()
}

// Edited takes changes that were made through the daemon to files whose sessions are not in
// memory: no pass updates or removes anything for these, but the server may have them.
func (n *Notifier) Edited(updated, removed int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.state.pending = n.state.pending.and(changes{
		updated: updated, removed: removed, trigger: session.TriggerEdit, edited: true, since: time.Now(),
	})
	n.wakeUp()
}

func (n *Notifier) wakeUp() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// noteAway keeps up to date which mounts are away. A root that cannot be listed for
// another reason counts, too: nothing is known then.
func (s *state) noteAway(o *session.Outcome) {
	for _, t := range o.Problems {
		switch {
		case t.Session.IsFile():
		case t.Now != nil && t.Now.ComponentSignature == session.ComponentFile &&
			(t.Session.IsRoot() || t.Now.ErrCode == int(session.ErrOtherMount)):
			s.away[t.Session] = true
		default:
			delete(s.away, t.Session)
		}
	}
}

// Run tells the server until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait := n.untilNext(time.Now())
		if wait <= 0 {
			n.tell(ctx)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-n.wake:
		case <-timer.C:
		}
	}
}

// idle is how long to sleep where only a pass can give something to do.
const idle = time.Hour

// untilNext returns how long it is until a request is due; 0 or less where one is.
func (n *Notifier) untilNext(now time.Time) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	switch {
	case s.pending.none() || s.block.is():
		return idle
	case s.pending.edited && s.failures == 0:
		return 0
	}
	return s.begin.Sub(now)
}

// tell sends one request, and notes what came of it.
func (n *Notifier) tell(ctx context.Context) {
	began := time.Now()
	m, known := n.take()
	reply, err := n.post(ctx, m)
	if ctx.Err() != nil {
		return // the next start tells the server
	}
	n.cfg.Sent(err == nil)

	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	sent := s.sending
	s.sending = changes{}
	if err != nil {
		s.pending = sent.and(s.pending)
		s.failures++
		s.begin = began.Add(backOff(s.failures, n.cfg.Interval))
		n.logFailure(s.failures, s.fault, err.Error())
		s.fault = err.Error()
		return
	}
	n.logSuccess(&sent, s.failures, &s.answer, &reply)
	s.begin, s.failures, s.fault = began.Add(n.cfg.Interval), 0, ""
	s.succeeded, s.told = time.Now(), session.Position{Epoch: m.Epoch, Revision: m.Revision}
	s.answer, s.differs = reply, differences(&reply, known, s.rejected)
}

// take takes all that the server has not been told, for a request, and returns which
// errors our own passes found.
func (n *Notifier) take() (message, codes) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	s.sending, s.pending = s.pending, changes{}
	return message{
		Epoch: s.position.Epoch, Revision: s.position.Revision,
		Updated: s.sending.updated, Removed: s.sending.removed, Trigger: s.sending.trigger,
	}, s.rejected
}

//go:build soak && unix

package soak

import (
	"slices"
	"sync"
	"time"

	"sessiond/internal/session"
)

// state is what stands under the name of a session.
type state bool

const (
	whole state = true  // a compliant file, and so it was in the middle of each edit
	wrong state = false // anything else, or nothing
)

// ledger knows what stood under the name of each session, and since when. It is
// what tells whether a session may have been logged out: section 4 of the refresh
// contract lets that happen once two looks, a settle time apart, found the same.
// So there is a leave to remove a session once its name was in one state other
// than whole for that long. It is reckoned from before the call that began the
// state to after the call that ended it, in which all looks lie: what the machine
// does to the test's own timing never makes it wrong.
type ledger struct {
	settle time.Duration

	mu      sync.Mutex
	entries map[session.Key]*entry
	// returns are when files came back that had been gone, in order, since the last
	// rest.
	returns []fileReturn
}

// fileReturn is a file that came back no earlier than at a time.
type fileReturn struct {
	at  time.Time
	key session.Key
}

type entry struct {
	state state
	// since is no later than the state began or, of whole, no earlier.
	since time.Time
	// ended are the times since the last rest in which it was other than whole, so
	// long that it could be removed.
	ended []span
}

// span is a time in which a file was other than whole.
type span struct{ from, to time.Time }

func newLedger(settle time.Duration) *ledger {
	return &ledger{settle: settle, entries: make(map[session.Key]*entry)}
}

func (l *ledger) entry(key session.Key) *entry {
	e := l.entries[key]
	if e == nil {
		e = &entry{}
		l.entries[key] = e
	}
	return e
}

// change does what brings the name of a session into a state.
func (l *ledger) change(key session.Key, to state, do func() error) error {
	begun := l.lose(key, to)
	err := do()
	if err == nil {
		l.turn(key, to, begun)
	}
	return err
}

// lose ends the time in which a session was whole, before that is so.
func (l *ledger) lose(key session.Key, to state) (begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	begun = time.Now()
	if e := l.entry(key); e.state == whole && to != whole {
		e.state, e.since = to, begun
	}
	return begun
}

// turn notes a state, after it has begun.
func (l *ledger) turn(key session.Key, to state, begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, e := time.Now(), l.entry(key)
	if e.state == whole && to == whole {
		return
	}
	e.grant(l.settle, now)
	e.state, e.since = to, begun
	if to == whole {
		e.since = now
	}
}

// grant gives leave to remove what is not whole, if it has lasted until now.
func (e *entry) grant(settle time.Duration, now time.Time) {
	if e.state != whole && now.Sub(e.since) >= settle {
		e.ended = append(e.ended, span{e.since, now})
	}
}

// bringBack does what brings a file back that was gone.
func (l *ledger) bringBack(key session.Key, do func() error) error {
	now := time.Now()
	if err := l.change(key, whole, do); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.returns = append(l.returns, fileReturn{now, key})
	return nil
}

// exchange does what puts other files under the names of all sessions at once.
func (l *ledger) exchange(keys []session.Key, isWhole func(session.Key) bool, do func() error) error {
	for _, key := range keys {
		if !isWhole(key) {
			l.lose(key, wrong)
		}
	}
	begun := time.Now()
	if err := do(); err != nil {
		return err
	}
	for _, key := range keys {
		if isWhole(key) {
			l.turn(key, whole, begun)
		}
	}
	return nil
}

// hide notes that sessions are about to be out of sight with their folders. The
// states of those that are not whole go on all the while: a look before and one
// after may agree. reveal is called once they are back.
func (l *ledger) hide(keys []session.Key) (reveal func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var hidden []session.Key
	for _, key := range keys {
		if e := l.entry(key); e.state == whole {
			e.state, e.since = wrong, time.Now()
			hidden = append(hidden, key)
		}
	}
	return func() {
		for _, key := range hidden {
			l.turn(key, whole, time.Time{})
		}
	}
}

// spans are the times in which a file was other than whole, up to a time.
func (l *ledger) spans(key session.Key, until time.Time) []span {
	var spans []span
	e := l.entry(key)
	for _, s := range e.ended {
		spans = append(spans, span{s.from, earlier(s.to, until)})
	}
	if e.state != whole {
		spans = append(spans, span{e.since, until})
	}
	return spans
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// mayRemove reports whether a session may have been removed at a time.
func (l *ledger) mayRemove(key session.Key, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.spans(key, at), func(s span) bool { return s.to.Sub(s.from) >= l.settle })
}

// mayRemoveHeld reports whether a session may have been removed at a time although
// the brake held it back: nothing came back beside it for its quiet time, or it was
// held ten times as long. counts says whose return counts, stood when the daemon stood
// still: what was back only then, it could not see.
func (l *ledger) mayRemoveHeld(key session.Key, at time.Time, quiet time.Duration, counts func(session.Key) bool, stood []span) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	// The daemon reckons from the beginning of the pass that sees a file come back.
	almost := quiet * 3 / 4
	return slices.ContainsFunc(joined(l.spans(key, at), stood), func(s span) bool {
		if s.to.Sub(s.from) >= brakeLimit*quiet {
			return true
		}
		from := s.from
		for _, r := range l.returns {
			switch {
			case !r.at.After(from) || !counts(r.key):
			case r.at.After(s.to):
				return s.to.Sub(from) >= almost
			case r.at.Sub(from) >= almost:
				return true
			default:
				from = r.at
			}
		}
		return s.to.Sub(from) >= almost
	})
}

// joined makes one of spans that have nothing between them but a part of a time in which
// the daemon stood still.
func joined(spans, stood []span) []span {
	var all []span
	for _, s := range spans {
		if n := len(all); n > 0 && slices.ContainsFunc(stood, func(still span) bool {
			return !all[n-1].to.Before(still.from) && !s.from.After(still.to)
		}) {
			all[n-1].to = s.to
			continue
		}
		all = append(all, s)
	}
	return all
}

// brakeLimit is how many times its quiet time the brake holds a removal at most.
const brakeLimit = 10

// wholeSince returns the sessions that have been whole without a break since a time.
func (l *ledger) wholeSince(at time.Time) []session.Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []session.Key
	for key, e := range l.entries {
		if e.state == whole && e.since.Before(at) {
			keys = append(keys, key)
		}
	}
	return keys
}

// settled takes all leaves back: every daemon has looked since.
func (l *ledger) settled() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		e.ended = nil
	}
	l.returns = nil
}

// tell says what is known of a session.
func (l *ledger) tell(key session.Key) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(key)
	text := map[state]string{whole: "whole", wrong: "wrong or absent"}[e.state] + " since " + e.since.Format(clockFormat)
	for _, s := range e.ended {
		text += ", not whole from " + s.from.Format(clockFormat) + " to " + s.to.Format(clockFormat)
	}
	return text
}

// isWhole reports whether a file is whole now.
func (l *ledger) isWhole(key session.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[key]
	return e != nil && e.state == whole
}

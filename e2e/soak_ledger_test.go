//go:build soak && unix

package e2e

import (
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
}

type entry struct {
	state state
	// since is no later than the state began or, of whole, no earlier.
	since time.Time
	// leave is when the session could have been removed at the earliest because of
	// states that have ended; zero: it could not.
	leave time.Time
}

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
	if e.state != whole && now.Sub(e.since) >= settle && e.leave.IsZero() {
		e.leave = e.since.Add(settle)
	}
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

// mayRemove reports whether a session may have been removed at a time.
func (l *ledger) mayRemove(key session.Key, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(key)
	return !e.leave.IsZero() && !at.Before(e.leave) ||
		e.state != whole && at.Sub(e.since) >= l.settle
}

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
		e.leave = time.Time{}
	}
}

// tell says what is known of a session.
func (l *ledger) tell(key session.Key) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(key)
	text := map[state]string{whole: "whole", wrong: "wrong or absent"}[e.state] + " since " + e.since.Format(clockFormat)
	if !e.leave.IsZero() {
		text += ", could be removed from " + e.leave.Format(clockFormat) + " on"
	}
	return text
}

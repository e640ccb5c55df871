//go:build soak && unix

package soak

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"sessiond/internal/session"
)

// memory is what a daemon has in memory, as its events tell, and whether each of
// them may have happened.
type memory struct {
	follow bool
	ledger *ledger

	mu       sync.Mutex
	revision uint64
	sessions map[session.Key]bool
	history  map[session.Key]session.Event // the last one about each

	// A start-up goes on until all that was there could be judged, at the latest
	// until the first rest: what is valid is admitted. owed are the sessions
	// whose files were whole all the while, so that they must be.
	starting bool
	owed     map[session.Key]bool
	opened   map[session.Key]bool // since the last rest; all for the root key
	// admitFrom is when sessions may be admitted again after a mount was taken.
	admitFrom time.Time

	// What the brake on mass removals goes by, since the last rest: whether somebody
	// asked for a look, the most sessions that there were, when sessions were removed,
	// and whose removals the daemon has said that it holds back.
	asked   bool
	most    int
	removed []time.Time
	stood   []span // when it stood still
	held    map[session.Key]bool
}

func newMemory(follow bool, l *ledger, revision uint64) *memory {
	return &memory{
		follow: follow, ledger: l, revision: revision, starting: true,
		sessions: make(map[session.Key]bool),
		history:  make(map[session.Key]session.Event),
		owed:     make(map[session.Key]bool),
		opened:   make(map[session.Key]bool),
		held:     make(map[session.Key]bool),
	}
}

// take follows one event and says what is wrong with it.
func (m *memory) take(e session.Event) (wrong string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e.Revision != m.revision+1 {
		return "an event was lost before this one"
	}
	m.revision = e.Revision
	m.history[e.Session] = e
	was := m.sessions[e.Session]
	switch e.Action {
	case session.ActionUpdated:
		if !was {
			return "a session was updated that is not in memory"
		}
	case session.ActionAdmitted:
		m.sessions[e.Session] = true
		m.most = max(m.most, len(m.sessions))
		delete(m.owed, e.Session)
		if was {
			return "a session was admitted that is in memory"
		}
		if !m.mayAdmit(e.Session) {
			return "a session was admitted although admission is off"
		}
		if e.At.Before(m.admitFrom) {
			return "a session was admitted before its mount had stayed for the quiet time"
		}
	case session.ActionRemoved:
		delete(m.sessions, e.Session)
		if !was {
			return "a session was removed that is not in memory"
		}
		if !m.ledger.mayRemove(e.Session, e.At.Add(clockError)) {
			return "a session was removed although its file was never wrong or absent for a settle time"
		}
		return m.takeRemoval(e)
	}
	return ""
}

// takeRemoval holds a removal against the brake: where nobody asked, many count only
// once all has been quiet.
func (m *memory) takeRemoval(e session.Event) (wrong string) {
	if m.starting || m.asked {
		return ""
	}
	m.removed = append(m.removed, e.At)
	many := 0
	for _, at := range m.removed {
		if e.At.Sub(at) < soakSettleMany*3/4 {
			many++
		}
	}
	if many <= brakeLeast || many*brakeFraction <= m.most {
		return ""
	}
	if !m.ledger.mayRemoveHeld(e.Session, e.At.Add(clockError), soakSettleMany, func(key session.Key) bool { return m.held[key] }, m.stood) {
		return fmt.Sprintf("a session was removed, as one of %d of %d, although nobody asked and before they had been gone for long with nothing coming back", many, m.most)
	}
	return ""
}

// The brake holds back what is more than one in brakeFraction of the sessions, and
// more than brakeLeast.
const (
	brakeFraction = 5
	brakeLeast    = 20
)

// ask notes that somebody asks for a look, so that what it finds gone counts at once.
func (m *memory) ask() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = true
}

// hold notes whose removals the daemon holds back.
func (m *memory) hold(keys []session.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		m.held[key] = true
	}
}

// clockError is what the wall clock, which events bear, may gain on the monotonic
// one within a settle time.
const clockError = 5 * time.Millisecond

func (m *memory) mayAdmit(key session.Key) bool {
	return m.follow || m.starting || m.opened[key] || m.opened[session.Key{}]
}

// open notes that a session, or all for the root key, is asked to be admitted.
func (m *memory) open(key session.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened[key], m.asked = true, true
}

// owe notes which sessions the start-up must admit.
func (m *memory) owe(keys []session.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if !m.sessions[key] && m.history[key].Revision == 0 {
			m.owed[key] = true
		}
	}
}

// forgive takes back what is owed of sessions that have had to go since.
func (m *memory) forgive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.owed {
		if m.ledger.mayRemove(key, time.Now()) {
			delete(m.owed, key)
		}
	}
}

// now returns what is in memory at a revision, or false where the events have not
// come so far yet.
func (m *memory) now(revision uint64) (sessions, owed map[session.Key]bool, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.sessions), maps.Clone(m.owed), m.revision == revision
}

// rested notes that the daemon is at rest and as it must be.
func (m *memory) rested() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.starting = false
	clear(m.opened)
	clear(m.owed)
	m.asked, m.most, m.removed = false, len(m.sessions), nil
	m.stood = nil
	clear(m.held)
}

// standStill notes a time in which the daemon stood still.
func (m *memory) standStill(s span) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stood = append(m.stood, s)
}

func (m *memory) last(key session.Key) session.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.history[key]
}

// gone are the sessions in memory whose files are not whole.
func (m *memory) gone() []session.Key {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []session.Key
	for key := range m.sessions {
		if !m.ledger.isWhole(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// admitNoneBefore notes that a mount is about to be taken.
func (m *memory) admitNoneBefore(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.admitFrom = t
}

// removedSince are the sessions that were removed since a time and are not in memory.
func (m *memory) removedSince(t time.Time) []session.Key {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []session.Key
	for key, e := range m.history {
		if e.Action == session.ActionRemoved && e.At.After(t) {
			keys = append(keys, key)
		}
	}
	return keys
}

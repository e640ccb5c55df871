//go:build soak && unix

package e2e

import (
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
}

func newMemory(follow bool, l *ledger, revision uint64) *memory {
	return &memory{
		follow: follow, ledger: l, revision: revision, starting: true,
		sessions: make(map[session.Key]bool),
		history:  make(map[session.Key]session.Event),
		owed:     make(map[session.Key]bool),
		opened:   make(map[session.Key]bool),
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
		delete(m.owed, e.Session)
		if was {
			return "a session was admitted that is in memory"
		}
		if !m.mayAdmit(e.Session) {
			return "a session was admitted although admission is off"
		}
	case session.ActionRemoved:
		delete(m.sessions, e.Session)
		if !was {
			return "a session was removed that is not in memory"
		}
		if !m.ledger.mayRemove(e.Session, e.At.Add(clockError)) {
			return "a session was removed although its file was never wrong or absent for a settle time"
		}
	}
	return ""
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
	m.opened[key] = true
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
}

func (m *memory) last(key session.Key) session.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.history[key]
}

// Package store holds what readers see of the daemon: the sessions in memory,
// the current errors, what is unsettled, the last pass and the log of changes.
//
// One writer applies the outcome of one pass after another. Readers take a
// [View], which never changes and costs them no waiting; they see all that a
// pass changed or nothing of it (refresh contract, section 3). Followers read
// the change log at their own pace and never hold up the writer.
package store

import (
	"sync"
	"sync/atomic"
	"time"

	"sessiond/internal/session"
)

// Store is the memory of the daemon. Only [Store.Apply] changes it.
type Store struct {
	view atomic.Pointer[View]

	// What Apply works on. Readers never see these tables, only snapshots.
	sessions  table[session.Key, session.Loaded]
	problems  table[session.Key, session.Standing]
	unsettled table[session.Key, session.Unsettled]
	tallies   table[string, tally]

	// mu is held for moments only: to publish and to look something up in the
	// log, never while events are made or somebody waits. Because a view and
	// its changes are published under it together, a follower who is told of a
	// change finds it in the view, and a revision taken from a view can be
	// followed.
	mu    sync.Mutex
	log   changelog
	grown chan struct{} // closed, and replaced, when the log grows

	followers atomic.Int64
}

// New returns an empty store. Its revision is startedAt in microseconds since
// 1970, so that it never goes back when the daemon is started again.
func New(startedAt time.Time) *Store {
	s := &Store{
		sessions:  newTable[session.Key, session.Loaded](),
		problems:  newTable[session.Key, session.Standing](),
		unsettled: newTable[session.Key, session.Unsettled](),
		tallies:   newTable[string, tally](),
		grown:     make(chan struct{}),
	}
	start := uint64(startedAt.UnixMicro())
	s.log.newest = start
	s.view.Store(&View{
		sessions:  s.sessions.snapshot(),
		problems:  s.problems.snapshot(),
		unsettled: s.unsettled.snapshot(),
		tallies:   s.tallies.snapshot(),
		revision:  start,
	})
	return s
}

// View returns what there is to see now. It never waits, and what it returns
// never changes; hold it no longer than needed, since it keeps alive what later
// passes replaced.
func (s *Store) View() *View { return s.view.Load() }

// Apply makes the outcome of a pass visible, in one step. Every change gets a
// revision of its own, in the order of the report; o.Sessions must be as long
// as o.Report.Changes.
//
// Only one goroutine at a time may call it. The outcome is the store's from
// then on: the caller may read what it points to, but not change it.
func (s *Store) Apply(o session.Outcome) {
	next := *s.view.Load()
	ended := endOf(&o.Report)
	first := next.revision + 1

	s.replace(&o, first, ended)
	s.turnProblems(o.Problems)
	turn(s.unsettled, o.Unsettled)

	next.sessions = s.sessions.snapshot()
	next.problems = s.problems.snapshot()
	next.unsettled = s.unsettled.snapshot()
	next.tallies = s.tallies.snapshot()
	next.revision += uint64(len(o.Report.Changes))
	next.count(&o, ended)

	s.publish(&next, batch{
		first:   first,
		at:      ended,
		trigger: o.Report.Trigger,
		changes: o.Report.Changes,
	})
}

// replace puts the sessions of an outcome in the place of what was in memory;
// the first change has the revision first.
func (s *Store) replace(o *session.Outcome, first uint64, loadedAt time.Time) {
	for i, change := range o.Report.Changes {
		var old session.Loaded
		now := o.Sessions[i]
		if now == nil {
			old, _ = s.sessions.drop(change.Session)
		} else {
			old, _ = s.sessions.put(change.Session, session.Loaded{
				Session:  now,
				LoadedAt: loadedAt,
				Revision: first + uint64(i),
			})
		}
		s.tally(change.Session.App(), tallySession(now).minus(tallySession(old.Session)))
	}
}

// turnProblems applies what appeared, changed and ended among the errors.
func (s *Store) turnProblems(turns []session.Turn[session.Standing]) {
	for _, t := range turns {
		old, now := turnOne(s.problems, t)
		s.tally(t.Session.App(), tallyProblem(now).minus(tallyProblem(old)))
	}
}

// publish shows the next view and its changes to readers and followers.
func (s *Store) publish(next *View, changed batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Store(next)
	if len(changed.changes) == 0 {
		return
	}
	s.log.add(changed)
	close(s.grown)
	s.grown = make(chan struct{})
}

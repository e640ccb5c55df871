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

	// What Apply works on. Readers never see these tables, only snapshots. That of
	// the sessions never changes, and is in the view.
	problems  table[session.Key, session.Standing]
	unsettled table[session.Key, session.Unsettled]
	tallies   table[string, Tally]

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
		problems:  newTable[session.Key, session.Standing](),
		unsettled: newTable[session.Key, session.Unsettled](),
		tallies:   newTable[string, Tally](),
		grown:     make(chan struct{}),
	}
	start := uint64(startedAt.UnixMicro())
	s.log.newest = start
	s.view.Store(&View{
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
// revision of its own, in the order of the effects. Those in the order of their
// keys cost least.
//
// Only one goroutine at a time may call it. The outcome is the store's from
// then on: the caller may read what it points to, but not change it.
func (s *Store) Apply(o session.Outcome) {
	next := *s.view.Load()
	ended := endOf(&o.Report)

	var runs []int
	switch {
	case len(o.Effects) == 0:
	case o.InOrder:
		runs = []int{len(o.Effects)}
	default:
		runs = ascending(o.Effects)
	}
	asLoaded := len(runs) == 1 && next.sessions.len == 0 && loadsOnly(o.Effects)
	changed := newBatch(&o, asLoaded, next.revision+1, ended)
	next.sessions = s.replace(&o, runs, next.sessions, changed)
	changed.load(next.sessions)
	s.turnProblems(o.Problems)
	turn(s.unsettled, o.Unsettled)

	next.problems = s.problems.snapshot()
	next.unsettled = s.unsettled.snapshot()
	next.tallies = s.tallies.snapshot()
	next.revision += uint64(len(o.Effects))
	next.count(&o, ended)

	s.publish(&next, changed)
}

// replace returns the table with the effects of an outcome, which ascend in
// runs of so many, in the place of what was in memory.
func (s *Store) replace(o *session.Outcome, runs []int, now sessions, changed *batch) sessions {
	rest := edits{o.Effects, changed.first, changed.at.UnixNano()}
	for _, n := range runs {
		var run edits
		run, rest = rest.split(n)
		folder := folderTally{store: s}
		now = now.with(run, func(old, now row) {
			folder.turn(old.session, now.session)
			s.forget(old, changed)
		})
		folder.add()
	}
	return now
}

// forget lets the log go of a session that is no longer in memory.
func (s *Store) forget(old row, changed *batch) {
	switch {
	case old.session == nil, old.revision < s.log.oldest():
	case old.revision >= changed.first:
		changed.release(old.revision)
	default:
		s.log.find(old.revision).release(old.revision)
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
func (s *Store) publish(next *View, changed *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Store(next)
	if changed.first == changed.end {
		return
	}
	s.log.add(changed)
	close(s.grown)
	s.grown = make(chan struct{})
}

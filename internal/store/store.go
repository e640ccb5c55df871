// Package store holds what readers see of the daemon: the sessions in memory,
// the current errors, what is unsettled, the last pass and the log of changes.
//
// One writer applies the outcome of one pass after another. Readers take a
// [View], which never changes and costs them no waiting; they see all that a
// pass changed or nothing of it (refresh contract, section 3). Followers read
// the change log at their own pace and never hold up the writer.
package store

import (
	"cmp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"

	"sessiond/internal/session"
)

// Store is the memory of the daemon. Only [Store.Apply] and [Store.ApplyAt] change it.
type Store struct {
	view atomic.Pointer[View]

	// What Apply works on. Readers never see these tables, only snapshots.
	sessions   sessions
	problems   table[session.Key, *session.ActiveError]
	unsettled  table[session.Key, session.Unsettled]
	unadmitted table[session.Key, session.UnadmittedFile]
	counts     table[string, AppCounts]
	names      appNames
	totals     AppCounts // of all app folders
	reasons    session.UnsettledCounts
	codes      codeCounts

	// mu is held briefly: to publish and to look something up in the log, never
	// while events are made or while waiting. Because a view and its changes are
	// published under it together, a follower that gets a change finds it in the
	// view, and a revision taken from a view can be followed.
	mu    sync.Mutex
	log   changelog
	grown chan struct{} // closed, and replaced, when the log grows

	followers atomic.Int64
}

// New returns an empty store, of an epoch of its own. Its revision is startedAt in
// microseconds since 1970, so that it does not go back when the daemon is started again.
func New(startedAt time.Time) *Store {
	s := &Store{
		sessions:   newSessions(),
		problems:   newTable[session.Key, *session.ActiveError](session.Key.CompareReach),
		unsettled:  newTable[session.Key, session.Unsettled](session.Key.CompareReach),
		unadmitted: newTable[session.Key, session.UnadmittedFile](session.Key.Compare),
		counts:     newTable[string, AppCounts](strings.Compare),
		names:      newAppNames(),
		grown:      make(chan struct{}),
	}
	start := uint64(startedAt.UnixMicro())
	s.log.newest, s.log.dropped = start, start
	s.view.Store(&View{
		sessions:   s.sessions.snapshot(),
		problems:   s.problems.snapshot(),
		unsettled:  s.unsettled.snapshot(),
		unadmitted: s.unadmitted.snapshot(),
		counts:     s.counts.snapshot(),
		names:      s.names.snapshot(),
		epoch:      session.NewEpoch(),
		revision:   start,
	})
	return s
}

// View returns the current view. It never waits, and what it returns never changes;
// hold it no longer than needed, since it keeps alive what later passes replaced.
func (s *Store) View() *View { return s.view.Load() }

// Apply makes the outcome of a pass visible, in one step. Every change gets a
// revision of its own, in the order of the changes.
//
// Only one goroutine at a time may call it. The outcome is the store's from
// then on: the caller may read what it points to, but not change it.
func (s *Store) Apply(o session.Outcome) { s.ApplyAt(o, 0) }

// ApplyAt is Apply for what another daemon's store shows, whose revision is then that of
// the view: the last change gets it, and those before it the ones before. A change whose
// session has a revision of its own there is shown with that. Revisions never go back:
// where the given one leaves no room for the changes, they are counted on.
func (s *Store) ApplyAt(o session.Outcome, revision uint64) {
	next := *s.view.Load()
	ended := endOf(&o.Report)
	next.revision = max(revision, next.revision+uint64(len(o.Changes)))
	s.applyChanges(o.Changes, ended, next.revision-uint64(len(o.Changes))+1)
	s.applyProblems(o.Problems)
	s.applyUnsettled(o.Unsettled)
	s.applyUnadmitted(o.Unadmitted)

	next.sessions = s.sessions.snapshot()
	next.problems = s.problems.snapshot()
	next.unsettled = s.unsettled.snapshot()
	next.unadmitted = s.unadmitted.snapshot()
	next.counts = s.counts.snapshot()
	next.names = s.names.snapshot()
	next.totals, next.reasons, next.codes = s.totals, s.reasons, s.codes
	next.count(&o, ended)

	s.publish(&next, &o, ended)
}

// applyChanges makes changes of sessions in the table, in the order of their keys, and
// gives each a revision, beginning with the first.
func (s *Store) applyChanges(all []session.MemoryChange, ended time.Time, first uint64) {
	more, names := make(map[string]AppCounts), make(nameChanges)
	var near btree.PathHint // each key is next to the one before, or nearly
	for i, c := range all {
		var old row
		if now := c.Now(); now == nil {
			old = s.sessions.drop(c.Session, &near)
		} else {
			row := newRow(now)
			row.modified, row.loadedAt, row.revision = c.Modified, ended.UnixNano(), cmp.Or(c.Revision, first+uint64(i))
			old = s.sessions.put(row, &near)
		}
		app := c.Session.Key().App
		names.replace(app, old.session, c.Now())
		more[app] = more[app].plus(countSession(c.Now()).minus(countSession(old.session)))
	}
	for app, counts := range more {
		s.addCounts(app, counts)
		s.totals = s.totals.plus(counts)
	}
	s.names.apply(names)
	if len(all) > s.sessions.len()/2 {
		s.sessions.compact()
	}
}

// publish shows the next view and its changes to readers and followers. The changes
// of a start-up pass that alone would fill the log are left out: nobody can follow
// before it, and until the next change they would take an eighth of the memory that
// the sessions do.
func (s *Store) publish(next *View, o *session.Outcome, ended time.Time) {
	var changed *segment
	if o.Report.Trigger != session.TriggerStartup || len(o.Changes) <= keptChanges {
		changed = newSegment(o, next.revision-uint64(len(o.Changes))+1, ended)
		changed.epoch = next.epoch
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Store(next)
	if changed == nil {
		s.log.dropped = next.revision
	}
	if changed == nil || len(o.Changes) == 0 {
		s.log.newest = next.revision
		return
	}
	s.log.add(changed)
	close(s.grown)
	s.grown = make(chan struct{})
}

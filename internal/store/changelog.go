package store

import (
	"sort"
	"strings"
	"time"

	"sessiond/internal/session"
)

// keptChanges is how many changes the log keeps, as long as it is more than one
// pass's.
const keptChanges = 65_536

// changelog is what the last passes changed, oldest first.
type changelog struct {
	segments []*segment
	changes  int    // in all segments
	dropped  uint64 // revision: all changes after it are kept
	newest   uint64 // revision
}

// segment is what one pass changed. But for its text, which is made when it is asked
// for, it never changes.
type segment struct {
	first   uint64 // revision of the first change; each further one is one higher
	at      time.Time
	epoch   session.Epoch
	changes []change
	lines   lines
}

// change is one change of a segment. It shares no text with the session, or
// it would keep alive what is no longer shown.
type change struct {
	key     session.Key
	email   string
	kind    session.ChangeKind
	trigger session.Trigger
}

// newSegment returns what a pass changed, which ended at the given time.
func newSegment(o *session.Outcome, first uint64, at time.Time) *segment {
	s := &segment{first: first, at: at, changes: make([]change, len(o.Changes))}
	for i, e := range o.Changes {
		s.changes[i] = change{e.Session.Key().Clone(), strings.Clone(e.Session.Email()), e.Kind, o.TriggerOf(e)}
	}
	return s
}

// end returns the revision after the last change.
func (s *segment) end() uint64 { return s.first + uint64(len(s.changes)) }

// event returns a change, by its index.
func (s *segment) event(i uint64) session.Event {
	c := &s.changes[i]
	return session.Event{
		Epoch:    s.epoch,
		Revision: s.first + i,
		At:       s.at,
		Session:  c.key,
		Email:    c.email,
		Action:   c.kind.Action(),
		Reason:   c.kind.Reason(),
		Trigger:  c.trigger,
	}
}

// add appends what a pass changed and drops the oldest passes beyond the bound.
// The newest is kept whatever its size: a pass that changes everything at once
// could otherwise not be followed at all.
func (l *changelog) add(s *segment) {
	l.segments = append(l.segments, s)
	l.changes += len(s.changes)
	l.newest = s.end() - 1

	drop := 0
	for l.changes > keptChanges && drop < len(l.segments)-1 {
		l.changes -= len(l.segments[drop].changes)
		drop++
	}
	if drop > 0 {
		l.dropped = l.segments[drop-1].end() - 1
	}
	clear(l.segments[:drop]) // or the array beneath would keep their changes alive
	l.segments = l.segments[drop:]
}

// oldest returns the first revision that is kept, or that is to come where none is.
func (l *changelog) oldest() uint64 { return l.dropped + 1 }

// end returns the revision after the last change that is kept. The newest may be beyond
// it: other daemons' changes may come to nothing together.
func (l *changelog) end() uint64 {
	if len(l.segments) == 0 {
		return l.newest + 1
	}
	return l.segments[len(l.segments)-1].end()
}

// batch returns the changes from a revision on, which must be kept, as many as there may
// be at once. Revisions without a change are passed over.
func (l *changelog) batch(revision uint64) Batch {
	b := Batch{next: revision}
	left := uint64(eventsAtOnce)
	at := sort.Search(len(l.segments), func(i int) bool { return revision < l.segments[i].end() })
	for _, s := range l.segments[at:] {
		begin := max(b.next, s.first) - s.first
		block := begin - begin%eventsAtOnce + eventsAtOnce // its end
		end := min(uint64(len(s.changes)), block, begin+left)
		b.parts = append(b.parts, part{s, begin, end})
		b.next, left = s.first+end, left-(end-begin)
		if b.next < s.end() || left == 0 {
			break
		}
	}
	return b
}

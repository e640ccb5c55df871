package store

import (
	"sort"
	"time"

	"sessiond/internal/session"
)

// keptChanges is how many changes the log keeps, as long as it is more than one
// pass's.
const keptChanges = 65_536

// batch is what one pass changed.
type batch struct {
	first   uint64 // revision of the first change; each further one is one higher
	at      time.Time
	trigger session.Trigger
	changes []session.Change // shared with the outcome; never empty in a log
}

// event returns the change with the given revision, which must be the batch's.
func (b *batch) event(revision uint64) session.Event {
	change := b.changes[revision-b.first]
	return session.Event{
		Revision: revision,
		At:       b.at,
		Session:  change.Session,
		Action:   change.Action,
		Reason:   change.Reason,
		Trigger:  b.trigger,
	}
}

// end returns the revision after the batch's last.
func (b *batch) end() uint64 { return b.first + uint64(len(b.changes)) }

// changelog is what the last passes changed, oldest first.
type changelog struct {
	batches []batch
	changes int    // in all batches
	newest  uint64 // revision
}

// add appends what a pass changed and drops the oldest passes beyond the bound.
// The newest is kept whatever its size: a pass that changes everything at once
// could otherwise not be followed at all.
func (l *changelog) add(b batch) {
	l.batches = append(l.batches, b)
	l.changes += len(b.changes)
	l.newest = b.end() - 1

	drop := 0
	for l.changes > keptChanges && drop < len(l.batches)-1 {
		l.changes -= len(l.batches[drop].changes)
		drop++
	}
	clear(l.batches[:drop]) // or the array beneath would keep their changes alive
	l.batches = l.batches[drop:]
}

// oldest returns the first revision that is kept, or the next one to come where
// none is.
func (l *changelog) oldest() uint64 {
	if len(l.batches) == 0 {
		return l.newest + 1
	}
	return l.batches[0].first
}

// find returns the batch of a revision, which must be kept.
func (l *changelog) find(revision uint64) batch {
	i := sort.Search(len(l.batches), func(i int) bool { return revision < l.batches[i].end() })
	return l.batches[i]
}

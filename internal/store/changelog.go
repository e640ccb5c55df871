package store

import (
	"sort"

	"sessiond/internal/session"
)

// keptChanges is how many changes the log keeps, as long as it is more than one
// pass's.
const keptChanges = 65_536

// changelog is what the last passes changed, oldest first.
type changelog struct {
	batches []*batch
	changes int    // in all batches
	newest  uint64 // revision
}

// add appends what a pass changed and drops the oldest passes beyond the bound.
// The newest is kept whatever its size: a pass that changes everything at once
// could otherwise not be followed at all.
func (l *changelog) add(b *batch) {
	l.batches = append(l.batches, b)
	l.changes += b.len()
	l.newest = b.end - 1

	drop := 0
	for l.changes > keptChanges && drop < len(l.batches)-1 {
		l.changes -= l.batches[drop].len()
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
func (l *changelog) find(revision uint64) *batch {
	return l.batches[sort.Search(len(l.batches), func(i int) bool { return revision < l.batches[i].end })]
}

// bare returns a session that has the key of another and nothing else.
func bare(s *session.Session) *session.Session {
	return session.New(s.Place(), nil, "", session.Digest{})
}

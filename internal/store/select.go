package store

import (
	"iter"
	"time"

	"sessiond/internal/session"
)

// Query says which sessions [View.Select] returns. An empty member excludes nothing.
type Query struct {
	session.Filter
	Prefix string // what the key or its ID begins with
	// Duplicates are those of the view, where the filter asks for some. Without them it
	// selects nothing.
	Duplicates *Duplicates

	// SeenAt tells when sessions were last seen, where the filter or the order asks for
	// that; it returns the zero time where it is not known.
	SeenAt func(session.Key) time.Time

	After session.Key // only keys that sort after this one
	Limit int         // at most so many sessions, if above 0
	// Walk is how many sessions are looked at, at most, if above 0. So a page can be
	// short, or empty, although there are more of them.
	Walk int
}

// Select returns the sessions of a query, in ascending order of their
// keys, and after which key there may be more of them; the zero key where there are not.
func (v *View) Select(q Query) (page []session.Loaded, next session.Key) {
	if q.Limit > 0 {
		page = make([]session.Loaded, 0, min(q.Limit, v.Len()))
	}
	matcher, walked := q.matcher(), 0
	for r := range v.candidates(&q) {
		if q.Walk > 0 && walked == q.Walk {
			return page, next
		}
		if matcher.Matches(r.session, time.Unix(0, r.modified)) {
			if q.Limit > 0 && len(page) == q.Limit {
				return page, next
			}
			page = append(page, r.loaded())
		}
		walked++
		next = r.session.Key()
	}
	return page, session.Key{}
}

func (q *Query) matcher() *session.Matcher {
	m := q.Matcher()
	m.SeenAt = q.SeenAt
	return m
}

// candidates yields the sessions that a query must look at.
func (v *View) candidates(q *Query) iter.Seq[row] {
	switch {
	case q.Duplicate != "" && q.Duplicates == nil:
		return func(func(row) bool) {}
	case q.Duplicate != "":
		return q.Duplicates.olderAfter(q.After, q.Duplicate)
	case q.Prefix != "":
		return v.beginning(q.Prefix, q.App, q.After)
	}
	return v.within(q.App, q.After)
}

// within yields the sessions of an app folder, or of all where app is empty, whose
// keys sort after the given one. The keys of a folder are adjacent, and the
// folder's own key sorts before all of them.
func (v *View) within(app string, after session.Key) iter.Seq[row] {
	begin := after
	if folder := (session.Key{App: app}); app != "" && folder.Compare(after) > 0 {
		begin = folder
	}
	return func(yield func(row) bool) {
		for r := range v.sessions.from(begin) {
			key := r.session.Key()
			if key == after {
				continue
			}
			if app != "" && key.App != app || !yield(r) {
				return
			}
		}
	}
}

package store

import (
	"iter"

	"sessiond/internal/session"
)

// Filter says which sessions [View.Select] returns. An empty member excludes
// nothing.
type Filter struct {
	App    string // name of the app folder
	Status string
	Email  string // in whatever case; * stands for any characters
	Prefix string // what the key or its ID begins with

	After session.Key // only keys that sort after this one
	Limit int         // at most so many sessions, if above 0
	// Walk is how many sessions are looked at, at most, if above 0. So a page can be
	// short, or empty, although there are more of them.
	Walk int
}

// Select returns the sessions that pass the filter, in ascending order of their
// keys, and after which key there may be more of them; the zero key where there are not.
func (v *View) Select(f Filter) (page []session.Loaded, next session.Key) {
	if f.Limit > 0 {
		page = make([]session.Loaded, 0, min(f.Limit, v.Len()))
	}
	walked := 0
	for r := range v.candidates(&f) {
		if f.Walk > 0 && walked == f.Walk {
			return page, next
		}
		if f.passes(r.session) {
			if f.Limit > 0 && len(page) == f.Limit {
				return page, next
			}
			page = append(page, r.loaded())
		}
		walked++
		next = r.session.Key()
	}
	return page, session.Key{}
}

// candidates yields the sessions that a filter must look at.
func (v *View) candidates(f *Filter) iter.Seq[row] {
	if f.Prefix != "" {
		return v.beginning(f.Prefix, f.App, f.After)
	}
	return v.within(f.App, f.After)
}

func (f *Filter) passes(s *session.Session) bool {
	return (f.Status == "" || s.Status() == f.Status) &&
		(f.Email == "" || matchesEmail(f.Email, s.Email()))
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

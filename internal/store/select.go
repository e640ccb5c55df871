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
}

// Select returns the sessions that pass the filter, in ascending order of their
// keys, and whether there are more of them beyond the limit.
func (v *View) Select(f Filter) (page []session.Loaded, more bool) {
	if f.Limit > 0 {
		page = make([]session.Loaded, 0, min(f.Limit, v.Len()))
	}
	for r := range v.candidates(&f) {
		if !f.passes(r.session) {
			continue
		}
		if f.Limit > 0 && len(page) == f.Limit {
			return page, true
		}
		page = append(page, r.loaded())
	}
	return page, false
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

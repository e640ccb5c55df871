package store

import (
	"strings"

	"sessiond/internal/session"
)

// UnadmittedFilter says which files [View.Unadmitted] returns. An empty member excludes
// nothing.
type UnadmittedFilter struct {
	App    string // name of the app folder
	Prefix string // what the key or its ID begins with

	After session.Key // only keys that sort after this one
	Limit int         // at most so many, above 0
	// Walk is how many files are looked at, at most, if above 0. So a page can be
	// short, or empty, although there are more of them.
	Walk int
}

// Unadmitted returns the valid files whose sessions are not in memory, in ascending
// order of their keys, and after which key there may be more of them; the zero key where
// there are not.
func (v *View) Unadmitted(f UnadmittedFilter) (page []session.UnadmittedFile, next session.Key) {
	begin := f.After
	folder, id, isKey := strings.Cut(f.Prefix, "/")
	if isKey && f.App == "" {
		f.App = folder
	}
	if f.App != "" {
		begin = later(begin, session.Key{App: f.App})
	}
	if isKey && f.App == folder {
		begin = later(begin, session.Key{App: folder, ID: id})
	}
	walked := 0
	for key, file := range v.unadmitted.from(begin) {
		if key == f.After {
			continue
		}
		if f.App != "" && key.Folder().Compare(session.Key{App: f.App}) > 0 {
			break
		}
		if f.Walk > 0 && walked == f.Walk {
			return page, next
		}
		if f.passes(key) {
			if len(page) == f.Limit {
				return page, next
			}
			page = append(page, file)
		}
		walked++
		next = key
	}
	return page, session.Key{}
}

// later returns the key that sorts last.
func later(a, b session.Key) session.Key {
	if a.Compare(b) < 0 {
		return b
	}
	return a
}

func (f *UnadmittedFilter) passes(key session.Key) bool {
	return (f.App == "" || key.App == f.App) &&
		(f.Prefix == "" || strings.HasPrefix(key.ID, f.Prefix) || strings.HasPrefix(key.String(), f.Prefix))
}

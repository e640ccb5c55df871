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
}

// Unadmitted returns the valid files whose sessions are not in memory, in ascending
// order of their keys, and whether there are more of them beyond the limit.
func (v *View) Unadmitted(f UnadmittedFilter) (page []session.UnadmittedFile, more bool) {
	for key, file := range v.unadmitted.from(f.begin()) {
		if f.App != "" && key.Folder().Compare(session.Key{App: f.App}) > 0 {
			break
		}
		if key == f.After || !f.passes(key) {
			continue
		}
		if len(page) == f.Limit {
			return page, true
		}
		page = append(page, file)
	}
	return page, false
}

// begin returns the key that none of those that are wanted sorts before.
func (f *UnadmittedFilter) begin() session.Key {
	if folder := (session.Key{App: f.App}); folder.Compare(f.After) > 0 {
		return folder
	}
	return f.After
}

func (f *UnadmittedFilter) passes(key session.Key) bool {
	return (f.App == "" || key.App == f.App) &&
		(f.Prefix == "" || strings.HasPrefix(key.ID, f.Prefix) || strings.HasPrefix(key.String(), f.Prefix))
}

package store

import (
	"strings"

	"sessiond/internal/session"
)

// FileFilter says which files [View.Unadmitted] and [View.Rejected] return. An empty
// member excludes nothing.
type FileFilter struct {
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
func (v *View) Unadmitted(f FileFilter) (page []session.UnadmittedFile, next session.Key) {
	return filesIn(v.unadmitted, f, func(session.UnadmittedFile) bool { return true })
}

// IsUnadmitted reports whether a key is that of a valid file whose session is not in
// memory.
func (v *View) IsUnadmitted(key session.Key) bool {
	_, ok := v.unadmitted.get(key)
	return ok
}

// Rejected is Unadmitted for the errors of files that are rejected.
func (v *View) Rejected(f FileFilter) (page []*session.ActiveError, next session.Key) {
	return filesIn(v.problems, f, func(e *session.ActiveError) bool { return e.Rejects() })
}

// beforeIDs sorts before all IDs of sessions. A key without ID is that of the folder, which
// a table may have elsewhere.
const beforeIDs = "\x00"

// filesIn returns a page of what a table has of files.
func filesIn[T any](t table[session.Key, T], f FileFilter, wanted func(T) bool) (page []T, next session.Key) {
	begin := later(f.After, session.Key{ID: beforeIDs})
	folder, id, isKey := strings.Cut(f.Prefix, "/")
	if isKey && f.App == "" {
		f.App = folder
	}
	if f.App != "" {
		begin = later(begin, session.Key{App: f.App, ID: beforeIDs})
	}
	if isKey && f.App == folder {
		begin = later(begin, session.Key{App: folder, ID: max(id, beforeIDs)})
	}
	walked := 0
	for key, value := range t.from(begin) {
		if key == f.After || !key.IsFile() {
			continue
		}
		if f.App != "" && key.Folder().Compare(session.Key{App: f.App}) > 0 {
			break
		}
		if f.Walk > 0 && walked == f.Walk {
			return page, next
		}
		if f.passes(key) && wanted(value) {
			if len(page) == f.Limit {
				return page, next
			}
			page = append(page, value)
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

func (f *FileFilter) passes(key session.Key) bool {
	return (f.App == "" || key.App == f.App) &&
		(f.Prefix == "" || strings.HasPrefix(key.ID, f.Prefix) || strings.HasPrefix(key.String(), f.Prefix))
}

package store

import (
	"iter"
	"slices"
	"strings"

	"sessiond/internal/session"
)

// beginning yields the sessions after a key whose key, as text, begins with prefix,
// and those whose ID does, in ascending order of their keys. app, where it is not
// empty, is the only folder they may be in.
//
// It costs one search for each app folder and nothing for a session that it does not
// yield, so that a shortened key is found at once among a million.
func (v *View) beginning(prefix, app string, after session.Key) iter.Seq[row] {
	return func(yield func(row) bool) {
		for _, begin := range v.beginnings(prefix, app) {
			for r := range v.idsFrom(begin, after) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// beginnings returns what the keys of the sessions that [View.beginning] yields begin
// with, folder by folder in the order of their keys.
func (v *View) beginnings(prefix, app string) []session.Key {
	if folder, id, found := strings.Cut(prefix, "/"); found {
		if app != "" && folder != app {
			return nil
		}
		return []session.Key{{App: folder, ID: id}}
	}
	var all []session.Key
	for folder := range v.AppCounts() {
		begin := session.Key{App: folder, ID: prefix}
		if strings.HasPrefix(folder, prefix) {
			begin.ID = ""
		}
		if (app == "" || folder == app) && v.hasFrom(begin) {
			all = append(all, begin)
		}
	}
	slices.SortFunc(all, session.Key.Compare)
	return all
}

// hasFrom reports whether a session's ID begins as that of begin does.
func (v *View) hasFrom(begin session.Key) bool {
	for range v.idsFrom(begin, session.Key{}) {
		return true
	}
	return false
}

// idsFrom yields the sessions of a folder after a key whose IDs begin as that of
// begin does.
func (v *View) idsFrom(begin, after session.Key) iter.Seq[row] {
	return func(yield func(row) bool) {
		first := begin
		if first.Compare(after) < 0 {
			first = after
		}
		for r := range v.sessions.from(first) {
			key := r.session.Key()
			if key == after {
				continue
			}
			if key.App != begin.App || !strings.HasPrefix(key.ID, begin.ID) || !yield(r) {
				return
			}
		}
	}
}

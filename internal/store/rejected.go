package store

import (
	"strings"

	"sessiond/internal/session"
)

// Rejected returns the errors of files that are rejected, in ascending order of their
// keys, and whether there are more of them beyond the limit, which is above 0. Of app and
// prefix, an empty one excludes nothing; prefix is what the key or its ID begins with.
// After is the key of the last file of the page before.
func (v *View) Rejected(app, prefix string, after session.Key, limit int) (page []session.ActiveError, more bool) {
	begin := after
	// No ID sorts before this one: a key without ID would be that of the folder, and those
	// of folders sort before those of files here.
	if first := (session.Key{App: app, ID: "\x00"}); app != "" && first.Compare(after) > 0 {
		begin = first
	}
	for key, problem := range v.problems.from(begin) {
		if app != "" && key.IsFile() && key.App != app {
			break
		}
		wanted := key.IsFile() && key != after && problem.Rejects() &&
			(prefix == "" || strings.HasPrefix(key.ID, prefix) || strings.HasPrefix(key.String(), prefix))
		if !wanted {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, *problem)
	}
	return page, false
}

package daemon

import (
	"sessiond/internal/session"
	"sessiond/internal/watcher"
)

// interest reports whether a change under a name is of interest: in the root where
// folder is empty, else in an app folder. Editors' temporary files count for
// nothing, so they do not use up the first look.
func interest(folder, name string) bool {
	if folder == "" {
		return session.IsAppFolderName(name)
	}
	return session.IsSessionFileName(name)
}

// change puts into the queue what the watcher says may have changed.
func (q *queue) change(c watcher.Change) {
	keys := make([]session.Key, 0, len(c.Folders)+len(c.Files))
	for folder := range c.Folders {
		keys = append(keys, session.Key{App: folder})
	}
	for file := range c.Files {
		keys = append(keys, session.Key{App: file.Folder, ID: file.Name})
	}
	switch {
	case c.All && c.Polled:
		q.full(session.TriggerPoll)
	case c.All:
		q.lost(c.Since)
	case c.Polled:
		q.polled(keys)
	default:
		q.changed(keys, c.Since)
	}
}

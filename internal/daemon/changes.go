package daemon

import (
	"time"

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

// rescanner is told where something may have changed: a [passes.Loop].
type rescanner interface {
	Changed(trigger session.Trigger, keys []session.Key, since time.Time)
	Rescan(trigger session.Trigger, since time.Time)
}

// dispatch asks for a pass over what the watcher says may have changed.
func dispatch(to rescanner, c watcher.Change) {
	trigger := session.TriggerWatch
	if c.Polled {
		trigger = session.TriggerPoll
	}
	if c.All {
		to.Rescan(trigger, c.Since)
		return
	}
	keys := make([]session.Key, 0, len(c.Folders)+len(c.Files))
	for folder := range c.Folders {
		keys = append(keys, session.Key{App: folder})
	}
	for file := range c.Files {
		keys = append(keys, session.Key{App: file.Folder, ID: file.Name})
	}
	to.Changed(trigger, keys, c.Since)
}

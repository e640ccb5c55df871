package refresh

import (
	"time"

	"sessiond/internal/session"
)

// removals remembers when sessions were removed, so that they can be opened again
// after files were restored.
type removals map[session.Key]time.Time

// removalsKept is for how long that is remembered.
const removalsKept = 7 * 24 * time.Hour

// note notes what a pass that began at a time did.
func (r removals) note(changes []session.MemoryChange, at time.Time) {
	for _, e := range changes {
		switch {
		case e.Kind.Removes():
			r[e.Session.Key().Clone()] = at
		case len(r) > 0:
			delete(r, e.Session.Key())
		}
	}
}

// since returns the keys of the sessions that were removed at a time or later.
func (r removals) since(t time.Time) []session.Key {
	var keys []session.Key
	for key, at := range r {
		if !at.Before(t) {
			keys = append(keys, key)
		}
	}
	return keys
}

// prune forgets what was removed long ago.
func (r removals) prune(now time.Time) {
	for key, at := range r {
		if now.Sub(at) > removalsKept {
			delete(r, key)
		}
	}
}

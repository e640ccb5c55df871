package audit

import (
	"slices"
	"sync"
	"time"

	"sessiond/internal/session"
)

// Digest is that of a session file.
type Digest = session.Digest

// ownFor is how long a pass may take to find what a change of ours left. After that
// the same file is taken for somebody else's doing, which it may be.
const ownFor = time.Minute

// ownChanges tells what passes find of our own changes from what others did. A pass
// may find a change before it is known how it ended; what it found waits for that. Each
// change is found once at most: whoever makes the same change again is somebody else.
type ownChanges struct {
	mu   sync.Mutex
	keys map[session.Key]*ownChange
}

// ownChange is what is known of our changes of one file.
type ownChange struct {
	running int    // have begun and not ended
	made    []made // have ended, and were not found yet
	waiting []found
}

// made is what a change of ours left.
type made struct {
	digest Digest
	until  time.Time // for how long it counts
}

// found is what a pass found of a file, and the entry that says so.
type found struct {
	digest Digest
	entry  Entry
}

func (o *ownChanges) begin(key session.Key) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys == nil {
		o.keys = make(map[session.Key]*ownChange)
	}
	c := o.keys[key]
	if c == nil {
		c = new(ownChange)
		o.keys[key] = c
	}
	c.running++
}

// end returns the entries that waited and are about others' changes.
func (o *ownChanges) end(key session.Key, result Outcome, now time.Time) []Entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.keys[key]
	if c == nil {
		return nil
	}
	c.running--
	if result.Err == nil {
		c.made = append(c.made, made{result.Digest, now.Add(ownFor)})
	}
	var others []Entry
	waiting := c.waiting
	c.waiting = nil
	for _, f := range waiting {
		switch {
		case c.take(f.digest):
		case c.running > 0:
			c.waiting = append(c.waiting, f)
		default:
			others = append(others, f.entry)
		}
	}
	o.forget(key, c)
	return others
}

// looked says that a pass has looked at a file since our changes of it ended: what passes
// find of it from now on is others' doing.
func (o *ownChanges) looked(key session.Key) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c := o.keys[key]; c != nil && c.running == 0 {
		delete(o.keys, key)
	}
}

// take reports whether a change of ours left this digest, which counts once.
func (c *ownChange) take(d Digest) bool {
	i := slices.IndexFunc(c.made, func(m made) bool { return m.digest == d })
	if i < 0 {
		return false
	}
	c.made = slices.Delete(c.made, i, i+1)
	return true
}

// forget removes what nothing is known of any more.
func (o *ownChanges) forget(key session.Key, c *ownChange) {
	if c.running == 0 && len(c.made) == 0 {
		delete(o.keys, key)
	}
}

// changesFile reports whether an action leaves something in the tree that a pass finds: to
// purge the trash does not.
func (a Action) changesFile() bool { return a != ActionPurge }

// isFound reports whether an action is what a pass found, which may be our own doing.
func isFound(a Action) bool { return a == ActionUpdated || a == ActionRemoved || a == ActionAdmitted }

// filter returns the entries that are not about our own changes, and keeps those of
// which that is not known yet.
func (o *ownChanges) filter(entries []Entry, now time.Time) []Entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.keys) == 0 {
		return entries
	}
	for key, c := range o.keys {
		c.made = slices.DeleteFunc(c.made, func(m made) bool { return !now.Before(m.until) })
		o.forget(key, c)
	}
	others := make([]Entry, 0, len(entries))
	for _, e := range entries {
		c := o.keys[e.Key]
		switch {
		case c == nil, !isFound(e.Action):
			others = append(others, e)
		case c.take(e.digest):
			o.forget(e.Key, c)
		case c.running > 0:
			c.waiting = append(c.waiting, found{e.digest, e})
		default:
			others = append(others, e)
		}
	}
	return others
}

package audit

import (
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
// may find a change before it is known how it ended; what it found waits for that.
type ownChanges struct {
	mu   sync.Mutex
	keys map[session.Key]*ownChange
}

type ownChange struct {
	running int // changes of the key that have begun and not ended
	digest  Digest
	made    bool      // the digest is what the last one left
	until   time.Time // for how long the digest counts
	waiting []found
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
		c.digest, c.made, c.until = result.Digest, true, now.Add(ownFor)
	}
	var others []Entry
	for _, f := range c.waiting {
		if !c.made || f.digest != c.digest {
			others = append(others, f.entry)
		}
	}
	c.waiting = nil
	if c.running == 0 && !c.made {
		delete(o.keys, key)
	}
	return others
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
		if c.running == 0 && !now.Before(c.until) {
			delete(o.keys, key)
		}
	}
	others := make([]Entry, 0, len(entries))
	for _, e := range entries {
		c := o.keys[e.Key]
		switch {
		case c == nil, !isFound(e.Action):
			others = append(others, e)
		case c.running > 0:
			c.waiting = append(c.waiting, found{e.digest, e})
		case !c.made || e.digest != c.digest:
			others = append(others, e)
		}
	}
	return others
}

package refresh

import (
	"maps"
	"slices"
	"time"

	"sessiond/internal/session"
)

// removals remembers when sessions were removed, so that they can be opened again
// after files were restored. The zero removals is empty.
type removals struct {
	at map[session.Key]time.Time
	// least is how many are remembered at least; most is how many there may be before
	// older ones are forgotten.
	least, most int
}

const (
	// removalsKept is for how long a removal is remembered.
	removalsKept = 7 * 24 * time.Hour
	// leastRemovals is how many are remembered at least within that time, whatever
	// comes later: so many, or as many as there ever were sessions in memory, so that
	// a whole tree can be opened again. About twice as many are at most; those of one
	// pass are remembered or forgotten together.
	leastRemovals = 30_000
)

// note notes what a pass that began at a time did, with so many sessions in memory.
func (r *removals) note(changes []session.MemoryChange, at time.Time, sessions int) {
	r.least = max(r.least, leastRemovals, sessions)
	for _, e := range changes {
		switch {
		case e.Kind.Removes():
			if r.at == nil {
				r.at = make(map[session.Key]time.Time)
			}
			r.at[e.Session.Key().Clone()] = at
		case len(r.at) > 0:
			delete(r.at, e.Session.Key())
		}
	}
	if len(r.at) > max(r.most, 2*r.least) {
		times := slices.SortedFunc(maps.Values(r.at), time.Time.Compare)
		r.forgetBefore(times[len(times)-r.least])
		r.most = len(r.at) + r.least
	}
}

// since returns the keys of the sessions that were removed at a time or later.
func (r *removals) since(t time.Time) []session.Key {
	var keys []session.Key
	for key, at := range r.at {
		if !at.Before(t) {
			keys = append(keys, key)
		}
	}
	return keys
}

// prune forgets what was removed long ago.
func (r *removals) prune(now time.Time) { r.forgetBefore(now.Add(-removalsKept)) }

// forgetBefore forgets what was removed before a time. A map keeps the room that it once
// had, so what is left gets another.
func (r *removals) forgetBefore(t time.Time) {
	left := 0
	for _, at := range r.at {
		left += toInt(!at.Before(t))
	}
	if left == len(r.at) {
		return
	}
	old := r.at
	r.at = make(map[session.Key]time.Time, left)
	for key, at := range old {
		if !at.Before(t) {
			r.at[key] = at
		}
	}
}

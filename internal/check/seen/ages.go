package seen

import (
	"iter"
	"time"

	"sessiond/internal/session"
)

const day = 24 * time.Hour

// AgeBounds returns the upper bounds of the classes that ages are counted in.
func AgeBounds() []time.Duration {
	return []time.Duration{time.Hour, day, 7 * day, 30 * day, 60 * day, 90 * day, 180 * day, 365 * day}
}

// Ages are how long ago the sessions in memory were last seen.
type Ages struct {
	// Within has, for each of [AgeBounds], how many sessions were seen within that time.
	Within []int
	Seen   int           // sessions that were seen at any time
	Never  int           // the others
	Sum    time.Duration // of the ages of those that were seen
}

func (a *Ages) add(age time.Duration) {
	a.Seen++
	a.Sum += age
	for i, bound := range AgeBounds() {
		if age <= bound {
			a.Within[i]++
		}
	}
}

// Ages returns the ages as they were when they were last counted: every five minutes,
// since it takes a moment to go through a million sessions.
func (t *Times) Ages() Ages {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ages.Within == nil {
		return Ages{Within: make([]int, len(AgeBounds()))}
	}
	return t.ages
}

// keepAbsent is for how long the time of a session is kept that is not in memory: its file
// may be away for a while.
const keepAbsent = day

// count counts the ages of the sessions in memory and forgets those that have not been in
// memory for long. complete is false as long as some may still have to be loaded: then
// nothing is forgotten.
func (t *Times) count(sessions iter.Seq[session.Key], complete bool) {
	now := time.Now()
	minute := minuteOf(now)
	ages := Ages{Within: make([]int, len(AgeBounds()))}
	for key := range sessions {
		hash := hashOf(key)
		s := t.shardOf(hash)
		s.mu.Lock()
		e, ok := s.times[hash]
		if ok {
			e.there = minute
			s.times[hash] = e
		}
		s.mu.Unlock()
		if ok {
			ages.add(now.Sub(timeOf(min(e.seen, minute))))
		} else {
			ages.Never++
		}
	}
	if complete {
		t.forget(minuteOf(now.Add(-keepAbsent)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ages = ages
}

// forget drops what was last in memory before a minute.
func (t *Times) forget(before uint32) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for hash, e := range s.times {
			if e.there < before {
				delete(s.times, hash)
			}
		}
		s.mu.Unlock()
	}
}

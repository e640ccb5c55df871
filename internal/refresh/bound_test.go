package refresh

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/session"
)

// TestRemovalsOfWholeTree has many passes remove, one after another, more sessions than
// are remembered otherwise: as many as there were in memory are.
func TestRemovalsOfWholeTree(t *testing.T) {
	const sessions = 4 * leastRemovals
	var r removals
	start := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	for number := 0; number < sessions; number += 1000 {
		var changes []session.MemoryChange
		for i := range 1000 {
			key := session.Key{App: "a.b", ID: fmt.Sprint(number + i)}
			changes = append(changes, session.MemoryChange{Session: session.Named(key), Kind: session.ChangeDeleted})
		}
		r.note(changes, start.Add(time.Duration(number)*time.Millisecond), sessions-number)
	}
	if got := len(r.since(start)); got != sessions {
		t.Errorf("%d removals are remembered, want all %d", got, sessions)
	}
}

// TestRemovalsAreBounded has passes remove more sessions than are remembered: the
// oldest are forgotten, never a part of a pass, nor one of the last leastRemovals.
func TestRemovalsAreBounded(t *testing.T) {
	start := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	for _, size := range []int{1, 1000, 5*leastRemovals + 1} {
		var r removals
		number, at := 0, start
		var passes []time.Time
		for number < 5*leastRemovals || len(passes) < 3 {
			var changes []session.MemoryChange
			for range size {
				key := session.Key{App: "a.b", ID: fmt.Sprint(number)}
				changes = append(changes, session.MemoryChange{Session: session.Named(key), Kind: session.ChangeDeleted})
				number++
			}
			at = at.Add(time.Second)
			r.note(changes, at, 10)
			passes = append(passes, at)
			if len(r.at) > 2*leastRemovals+size {
				t.Fatalf("%d removals are remembered, want %d at most, and a pass of %d", len(r.at), 2*leastRemovals, size)
			}
		}
		for back := 1; back*size <= leastRemovals+size && back <= len(passes); back++ {
			if got := len(r.since(passes[len(passes)-back])); got != back*size {
				t.Fatalf("%d removals of the last %d passes are remembered, want %d", got, back, back*size)
			}
			if size == 1 {
				break
			}
		}
		if len(r.at)%size != 0 {
			t.Errorf("%d removals are remembered, by passes of %d", len(r.at), size)
		}
		r.prune(at.Add(removalsKept + time.Second))
		if len(r.at) != 0 {
			t.Errorf("%d removals are remembered for ever", len(r.at))
		}
	}
}

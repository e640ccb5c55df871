package refresh

import (
	"container/heap"
	"time"

	"sessiond/internal/session"
)

// looks are the unsettled keys of the whole tree, the one first whose next look is due
// first, and running counts of them. There may be a hundred thousand, so a pass goes
// through none but those that it looked at.
type looks struct {
	byTime looksByTime
	// inMotion are the keys in motion, removable the sessions that may go because of
	// them, unreadable the keys that cannot be read.
	inMotion, removable, unreadable int
}

// looksByTime is a heap.
type looksByTime []*keyState

// counted is what a key adds to the counts.
type counted struct{ inMotion, removable, unreadable bool }

func (c counted) addTo(k *looks, n int) {
	k.inMotion += n * toInt(c.inMotion)
	k.removable += n * toInt(c.removable)
	k.unreadable += n * toInt(c.unreadable)
}

// update brings the place and the counts of a key in line with its state; inMemory
// says whether its session is in memory.
func (k *looks) update(m *keyState, inMemory bool) {
	m.counted.addTo(k, -1)
	m.counted = m.counts(inMemory)
	m.counted.addTo(k, 1)
	if m.pending == nil {
		if m.place != 0 {
			heap.Remove(&k.byTime, int(m.place)-1)
		}
		return
	}
	m.due = m.pending.next
	if m.place == 0 {
		heap.Push(&k.byTime, m)
	} else {
		heap.Fix(&k.byTime, int(m.place)-1)
	}
}

// next returns when the next look is due.
func (k *looks) next() (time.Duration, bool) {
	if len(k.byTime) == 0 {
		return 0, false
	}
	return k.byTime[0].due, true
}

// due yields the keys whose look is due at a time: in a heap none follows one whose
// look is not.
func (k *looks) due(now time.Duration, yield func(*keyState)) {
	var from func(i int)
	from = func(i int) {
		if i < len(k.byTime) && k.byTime[i].due <= now {
			yield(k.byTime[i])
			from(2*i + 1)
			from(2*i + 2)
		}
	}
	from(0)
}

// What follows implements [heap.Interface].

func (h looksByTime) Len() int           { return len(h) }
func (h looksByTime) Less(i, j int) bool { return h[i].due < h[j].due }

func (h looksByTime) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = h[j].place, h[i].place
}

// Push implements [heap.Interface].
func (h *looksByTime) Push(m any) {
	*h = append(*h, m.(*keyState))         //nolint:forcetypeassert // nothing else is pushed
	(*h)[len(*h)-1].place = int32(len(*h)) //nolint:gosec // there are not that many files
}

// Pop implements [heap.Interface]. An empty heap keeps no memory.
func (h *looksByTime) Pop() any {
	last := len(*h) - 1
	m := (*h)[last]
	m.place = 0
	(*h)[last] = nil
	*h = (*h)[:last]
	if last == 0 {
		*h = nil
	}
	return m
}

// track takes over what a scan did to keys that were or are unsettled. Only one
// goroutine may call it: workers leave it to what follows them.
func (p *pass) track(l *folderScan) {
	for _, m := range l.touched {
		p.looks.update(m, p.isInMemory(m.key))
	}
	l.touched = l.touched[:0]
	switch {
	case l.app == nil:
	case l.app.held == 0:
		delete(p.holding, l.app)
	default:
		p.holding[l.app] = struct{}{}
	}
}

func (m *Memory) isInMemory(key session.Key) bool {
	a := m.apps[key.App]
	return a != nil && a.files.byID[key.ID] != nil && a.files.byID[key.ID].session != nil
}

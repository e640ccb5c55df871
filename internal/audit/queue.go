package audit

import "sync"

// What waits to be written is bounded: a pass may remove as many sessions as there are,
// and the disk may be slow.
const (
	maxQueued  = 1 << 17
	batchLines = 1 << 10
)

// queue holds what is to be recorded as well as the disk allows.
type queue struct {
	mu      sync.Mutex
	entries []Entry
	lost    int           // entries that found no room, or could not be written
	grown   chan struct{} // of one place: something waits
}

// Observe records what has happened already. It never waits; what finds no room in the
// queue is counted, and a line says how many entries were lost.
func (l *Log) Observe(entries ...Entry) {
	for i := range entries {
		entries[i].bound()
	}
	l.enqueue(l.own.filter(entries, l.now()))
}

func (l *Log) enqueue(entries []Entry) {
	if len(entries) == 0 {
		return
	}
	q := &l.queue
	q.mu.Lock()
	taken := min(len(entries), maxQueued-len(q.entries))
	q.entries = append(q.entries, entries[:taken]...)
	q.lost += len(entries) - taken
	q.mu.Unlock()
	select {
	case q.grown <- struct{}{}:
	default: // it is known already
	}
}

// take returns all that waits, and how many entries were lost before.
func (q *queue) take() ([]Entry, int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	entries, lost := q.entries, q.lost
	q.entries, q.lost = nil, 0
	return entries, lost
}

// drain writes what waits. What cannot be written is lost, and told with the next
// lines that can.
func (l *Log) drain() {
	entries, lost := l.queue.take()
	for len(entries) > 0 || lost > 0 {
		batch := entries[:min(len(entries), batchLines)]
		entries = entries[len(batch):]
		lines := batch
		if lost > 0 {
			lines = append([]Entry{{Action: ActionLost, Count: lost}}, batch...)
		}
		if l.writeObserved(lines) != nil {
			l.queue.mu.Lock()
			l.queue.lost += lost + len(batch) + len(entries)
			l.queue.mu.Unlock()
			return // until [Log.Run] tries again
		}
		lost = 0
	}
}

// Lost returns how many entries wait to be told as lost: a number above zero for longer
// than a moment means that the record cannot be written.
func (l *Log) Lost() int {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	return l.queue.lost
}

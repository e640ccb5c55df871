package logging

import (
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
)

// line is one entry of the log, ready to be written.
type line struct {
	text string // with its line end where it goes to a stream
	// priority and fields are for the journal, priority for the event log, too.
	priority journal.Priority
	fields   []field
}

// field is a field of the journal.
type field struct{ name, value string }

// lineOverhead is about what a line and its place in the queue take beside its texts.
const lineOverhead = 96

// size is about how many bytes of memory the line takes.
func (l *line) size() int {
	size := lineOverhead + len(l.text)
	for _, f := range l.fields {
		size += len(f.name) + len(f.value) + lineOverhead/4
	}
	return size
}

const (
	// maxQueued is how many bytes of lines wait to be written: about 50,000 of them.
	// They are counted in bytes, because that is what a log that nobody reads costs.
	maxQueued = 16 << 20
	// lastQueued is how many bytes of the end of the log get their own time to be
	// written when the process ends: a slow reader takes as much within endLimit/2.
	lastQueued = 16 << 10
	// endLimit is how long the end of the process waits for the log.
	endLimit = time.Second
)

// queue writes lines in their order. Writing blocks while nobody reads, and nothing
// in the daemon may block for its log: so one goroutine writes, and puts never wait.
// Where it cannot keep up, the oldest lines are dropped, so that the last ones, which
// say why a process ended, are there. A line says in their place how many were lost.
type queue struct {
	write func(line) error
	// lossOf returns the line that tells of lost ones.
	lossOf func(lost uint64) line

	mu     sync.Mutex
	lines  []line
	bytes  int
	untold uint64 // lost lines that the log does not tell of yet
	lost   uint64 // all lost lines
	ended  bool
	// idle is closed once nothing waits or is being written; nil while that is so.
	idle chan struct{}
	wake chan struct{} // has a value when the writer must look
}

func newQueue(write func(line) error, lossOf func(uint64) line) *queue {
	q := &queue{write: write, lossOf: lossOf, wake: make(chan struct{}, 1)}
	go q.run()
	return q
}

// put adds a line. It never waits.
func (q *queue) put(l line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		q.lost++
		return
	}
	q.lines = append(q.lines, l)
	q.bytes += l.size()
	q.dropOver(maxQueued)
	if q.idle == nil {
		q.idle = make(chan struct{})
	}
	q.wakeUp()
}

// dropOver drops the oldest lines as long as there are more bytes than allowed, all
// but the last one. It is called with the lock held.
func (q *queue) dropOver(allowed int) {
	dropped := 0
	for q.bytes > allowed && dropped < len(q.lines)-1 {
		q.bytes -= q.lines[dropped].size()
		q.lines[dropped] = line{}
		dropped++
	}
	q.lines = q.lines[dropped:]
	q.lose(uint64(dropped))
}

// lose counts lost lines. It is called with the lock held.
func (q *queue) lose(n uint64) {
	q.untold += n
	q.lost += n
}

func (q *queue) wakeUp() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) run() {
	for range q.wake {
		for {
			next, untold, ok := q.take()
			if !ok {
				break
			}
			q.hand(next, untold)
		}
		if q.rest() {
			return
		}
	}
}

// take returns the next line, and how many were lost before it.
func (q *queue) take() (next line, untold uint64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) == 0 {
		return line{}, 0, false
	}
	next = q.lines[0]
	q.lines[0] = line{}
	q.lines = q.lines[1:]
	q.bytes -= next.size()
	untold, q.untold = q.untold, 0
	return next, untold, true
}

// hand writes a line and, before it, how many were lost.
func (q *queue) hand(next line, untold uint64) {
	if untold > 0 && q.write(q.lossOf(untold)) != nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.untold += untold
		q.lose(1)
		return
	}
	if q.write(next) != nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.lose(1)
	}
}

// rest says that all is written, and reports whether the log has ended.
func (q *queue) rest() (ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) > 0 { // put in the meantime: the writer is woken again
		return false
	}
	q.lines = nil // a long queue's memory goes
	if q.idle != nil {
		close(q.idle)
		q.idle = nil
	}
	return q.ended
}

// flush waits until all that was put is written, but no longer than limit, and
// reports whether it is.
func (q *queue) flush(limit time.Duration) bool {
	q.mu.Lock()
	idle := q.idle
	q.mu.Unlock()
	if idle == nil {
		return true
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-idle:
		return true
	case <-timer.C:
		return false
	}
}

// end writes what still waits, as far as that is possible within endLimit: where the
// reader is slow, at least the last lines. It reports whether those were written.
// What is put later is lost.
func (q *queue) end() bool {
	written := q.flush(endLimit / 2)
	if !written {
		q.mu.Lock()
		q.dropOver(lastQueued)
		q.mu.Unlock()
		written = q.flush(endLimit / 2)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.wakeUp()
	return written
}

// lostLines returns how many lines were lost so far.
func (q *queue) lostLines() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lost
}

package passes

import (
	"sync"
	"time"

	"sessiond/internal/session"
)

// queue gathers what asks for a pass until the loop takes it. Whatever was put
// in before a take is answered by a pass that begins after it.
type queue struct {
	wake chan struct{} // has a value when there may be something to take

	mu      sync.Mutex
	pending pendingWork
	// working is true from a take that took something until the loop is done
	// with it; unsettled is what the loop said then.
	working   bool
	unsettled bool
	closed    bool
	// unanswered is how many waiters there are, taken or not.
	unanswered int
}

// pendingWork is everything that one round of the loop has to do.
type pendingWork struct {
	// full is the trigger of a full pass, empty for none.
	full session.Trigger
	// asked is true where one of those who asked for the full pass may have many sessions
	// removed.
	asked bool
	// hangup is true where a SIGHUP is among what asked for the full pass.
	hangup bool
	// keys are files and folders to look at: because of keysTrigger, that they
	// changed or that they are polled.
	keys        keySet
	keysTrigger session.Trigger
	// since is when the first file event came of those that this answers; zero for
	// none.
	since time.Time
	// takeRoot is true where one of them takes what is mounted now for the tree.
	takeRoot bool
	// waiters wait for reports, those who refresh for the one of the full pass.
	waiters map[request]*waiter
	// removedSince is the earliest time that a request to open removed sessions names.
	removedSince time.Time
}

func (b *pendingWork) empty() bool {
	return b.full == "" && b.keys.empty() && len(b.waiters) == 0
}

// isAsked reports whether somebody asked for a pass, by the socket or a signal.
func (b *pendingWork) isAsked() bool {
	return b.full == session.TriggerSignal || len(b.waiters) > 0
}

// newQueue returns an empty queue that counts as busy: the first load is due.
func newQueue() *queue { return &queue{wake: make(chan struct{}, 1), working: true} }

// priority orders the triggers of full passes: a pass that several asked for
// bears the name of the one that a person or a program stands behind.
func priority(t session.Trigger) int {
	switch t {
	case session.TriggerSocket:
		return 5
	case session.TriggerSignal:
		return 4
	case session.TriggerWatch:
		return 3
	case session.TriggerResync: // reads files that a poll believes
		return 2
	default:
		return 1
	}
}

// full asks for a full pass. The first event that it answers came at a time, zero
// for none.
func (q *queue) full(trigger session.Trigger, since time.Time) {
	q.put(func(b *pendingWork) {
		b.askFull(trigger)
		b.answer(since)
	})
}

// hangup asks for a full pass because of a SIGHUP.
func (q *queue) hangup() {
	q.put(func(b *pendingWork) {
		b.askFull(session.TriggerSignal)
		b.asked, b.hangup = true, true
	})
}

// hasHangup reports whether a SIGHUP waits for its pass.
func (q *queue) hasHangup() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pending.hangup
}

func (b *pendingWork) askFull(trigger session.Trigger) {
	if b.full == "" || priority(trigger) > priority(b.full) {
		b.full = trigger
	}
}

// refresh asks for a full pass and for its report. Where several ask for the same pass,
// what each adds to it holds for all.
func (q *queue) refresh(add func(*pendingWork)) *waiter {
	return q.join(request{what: refreshAll}, func(b *pendingWork) {
		b.askFull(session.TriggerSocket)
		add(b)
	})
}

// openSince asks for a pass with admission on over the files of the sessions that were
// removed since a time, and for its report. Those who wait together get one about the
// earliest of their times.
func (q *queue) openSince(since time.Time) *waiter {
	if since.IsZero() {
		since = time.Unix(0, 0) // before the first removal; the zero time stands for none
	}
	return q.join(request{what: openRemoved}, func(b *pendingWork) {
		if b.removedSince.IsZero() || since.Before(b.removedSince) {
			b.removedSince = since
		}
	})
}

// join asks for something and for the report about it, with all who wait for the same.
func (q *queue) join(r request, add func(*pendingWork)) *waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return newWaiter().dismiss(ErrStopping)
	}
	w := q.pending.waiters[r]
	if w == nil {
		if q.unanswered == maxUnanswered {
			return newWaiter().dismiss(ErrTooMany)
		}
		q.unanswered++
		w = newWaiter()
		if q.pending.waiters == nil {
			q.pending.waiters = make(map[request]*waiter)
		}
		q.pending.waiters[r] = w
	}
	add(&q.pending)
	q.ring()
	return w
}

// open asks for a pass of its own kind, with admission on or after an edit, and for its
// report.
func (q *queue) open(r request) *waiter { return q.join(r, func(*pendingWork) {}) }

// answered makes room for as many requests as were answered.
func (q *queue) answered(number int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.unanswered -= number
}

// isAsked reports whether somebody asked for what is pending.
func (q *queue) isAsked() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pending.isAsked()
}

// isPending reports whether there is something to take.
func (q *queue) isPending() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.pending.empty()
}

// changed asks for a pass over files and folders, because they changed or because
// they are polled. The first event about them came at a time, zero for none.
func (q *queue) changed(trigger session.Trigger, keys []session.Key, since time.Time) {
	if len(keys) == 0 {
		return
	}
	q.put(func(b *pendingWork) {
		b.askKeys(keys, trigger)
		b.answer(since)
	})
}

// askKeys asks for a pass over keys, or for a full one where they are too many.
func (b *pendingWork) askKeys(keys []session.Key, trigger session.Trigger) {
	for _, key := range keys {
		if !b.keys.add(key) {
			b.askFull(trigger)
			return
		}
	}
	if b.keysTrigger == "" || priority(trigger) > priority(b.keysTrigger) {
		b.keysTrigger = trigger
	}
}

// answer notes when a file event came that this answers; zero for none.
func (b *pendingWork) answer(since time.Time) {
	if b.since.IsZero() || !since.IsZero() && since.Before(b.since) {
		b.since = since
	}
}

func (q *queue) put(add func(*pendingWork)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	waits := !q.pending.empty() && !q.pending.isAsked()
	add(&q.pending)
	if waits && !q.pending.isAsked() {
		return // the loop knows: in a storm, each event would wake it in vain
	}
	q.ring()
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take hands over all that is pending. Looks that are due by themselves make the
// queue busy, too.
func (q *queue) take(looksDue bool) pendingWork {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.pending
	q.pending = pendingWork{}
	q.working = looksDue || !b.empty()
	return b
}

// done says that the loop has finished what it took, and whether something is
// in motion and will be looked at again.
func (q *queue) done(unsettled bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working, q.unsettled = false, unsettled
}

// busy reports whether a pass runs or is due.
func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.working || q.unsettled || !q.pending.empty()
}

// close ends the queue: who waits in it, or comes later, gets no report.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, w := range q.pending.waiters {
		w.dismiss(ErrStopping)
	}
	q.pending = pendingWork{}
}

package refresh

import (
	"math"
	"time"

	"sessiond/internal/session"
)

// keyState is what is known of a key beyond whether its session is in memory: an
// error, or that there is no verdict yet. An app folder and the root have one of
// their own.
type keyState struct {
	key session.Key
	// problem is why the file was rejected by its last verdict.
	problem *session.Problem
	// activeError is the current error about the key as readers see it.
	activeError *session.ActiveError
	// pending is not nil while there is no verdict on what is on disk.
	pending *pending
	// admitUntil is the monotonic time until which the file may be admitted
	// although admission is off; 0 for no such right.
	admitUntil time.Duration
	// due is when the next look is, place where the key is in the heap of looks, from
	// 1; 0 for nowhere. These and counted belong to [looks].
	due     time.Duration
	place   int32
	counted counted
	// marked is true once a pass that somebody asked for found the file gone or
	// invalid, until the file is valid again.
	marked bool
}

// forever stands for a right without an end.
const forever time.Duration = math.MaxInt64

// settled reports whether nothing is left to remember of the key.
func (k *keyState) settled() bool {
	return k.problem == nil && k.activeError == nil && k.pending == nil && k.admitUntil == 0 && !k.marked
}

// isHeld reports whether the brake holds back the removal of the session.
func (k *keyState) isHeld() bool {
	return k.pending != nil && k.pending.reason == session.ReasonManyGone
}

func (k *keyState) inMotion() bool {
	return k.pending != nil && k.pending.reason == session.ReasonInMotion
}

// counts returns what the key adds to the counts of [looks].
func (k *keyState) counts(inMemory bool) counted {
	return counted{
		inMotion:   k.inMotion(),
		removable:  inMemory && k.inMotion() && !k.marked && k.pending.seen.agree != onNothing,
		unreadable: k.pending != nil && k.pending.reason == session.ReasonUnreadable,
	}
}

func (k *keyState) unsettled() session.Unsettled {
	return session.Unsettled{Session: k.key, Since: k.pending.since, Reason: k.pending.reason}
}

// answered ends the right that a request to open left with a file: that it cannot
// be judged is its answer. A right from start-up stays.
func (k *keyState) answered() {
	if k.admitUntil != forever {
		k.admitUntil = 0
	}
}

// What follows keeps the states of keys, and the lists of what a pass made of them, in
// step. It is called with the app's lock held.

// markSettled ends the waiting of a key that has a verdict, and brings its current
// error in line with it.
func (l *folderScan) markSettled(m *keyState) {
	if m == nil {
		return
	}
	m.admitUntil, m.marked = 0, false
	l.clearPending(m)
	l.setActiveError(m, m.problem)
}

// markValid is markSettled for a valid file: a pass that takes a mount admits
// nothing, so who has the right to be admitted keeps it.
func (l *folderScan) markValid(m *keyState) {
	if m == nil {
		return
	}
	right := m.admitUntil
	l.markSettled(m)
	if l.taking() {
		m.admitUntil = right
	}
}

// touch has the looks that are due brought in line with a key once the scan is over.
func (l *folderScan) touch(m *keyState) { l.touched = append(l.touched, m) }

// waiting returns the waiting record of a key that is unsettled for a reason, a
// new one where it was not.
func (l *folderScan) waiting(m *keyState, reason string) *pending {
	l.touch(m)
	if m.pending == nil || m.pending.reason != reason {
		existed := m.pending != nil
		if m.isHeld() {
			l.countHeld(-1)
		}
		trigger := l.pass.req.Trigger
		if existed && m.pending.reason != session.ReasonUnreadable {
			trigger = m.pending.trigger // a look in vain has found nothing, any other was the first
		}
		m.pending = &pending{reason: reason, since: l.pass.start.Wall, trigger: trigger}
		if l.app != nil {
			l.app.addWaiting(m)
		}
		now := m.unsettled()
		l.t.waits = append(l.t.waits, transition[session.Unsettled]{session.Transition[session.Unsettled]{Session: m.key, Now: &now}, existed})
	}
	return m.pending
}

// inMotion is waiting for a key that is in motion. It could be read, so an error
// that said otherwise ends.
func (l *folderScan) inMotion(m *keyState) *pending {
	if m.activeError != nil && !m.activeError.Rejects() {
		l.setActiveError(m, m.problem)
	}
	if m.isHeld() {
		l.touch(m)
		return m.pending
	}
	return l.waiting(m, session.ReasonInMotion)
}

// hold is waiting for a key whose removal is held back, and keeps what the looks
// agree on.
func (l *folderScan) hold(m *keyState) *pending {
	if !m.isHeld() {
		agreed := m.pending.seen
		w := l.waiting(m, session.ReasonManyGone)
		w.seen, w.heldSince = agreed, l.pass.start.Mono
		l.countHeld(1)
	}
	l.touch(m)
	return m.pending
}

func (l *folderScan) countHeld(more int) {
	l.app.held += more
	l.t.held += more
}

func (l *folderScan) clearPending(m *keyState) {
	if m.pending == nil {
		return
	}
	l.touch(m)
	if m.isHeld() {
		l.countHeld(-1)
	}
	m.pending = nil
	if l.app != nil {
		l.app.removeWaiting(m)
	}
	l.t.waits = append(l.t.waits, transition[session.Unsettled]{session.Transition[session.Unsettled]{Session: m.key}, true})
}

// setActiveError makes a problem, or none, the current error about a key. That and the
// problem of the last verdict, mostly the same, are kept once.
func (l *folderScan) setActiveError(m *keyState, p *session.Problem) {
	before := m.activeError
	switch {
	case p == nil:
		m.activeError = nil
	case before == nil || *p != before.Problem:
		m.activeError = &session.ActiveError{Problem: *p, Since: l.pass.start.Wall}
		m.activeError.Session = m.key
		m.activeError.Detail = l.pass.texts.share(p.Detail)
	}
	if p != nil && p == m.problem {
		m.problem = &m.activeError.Problem
	}
	if m.activeError != before {
		l.t.problems = append(l.t.problems, transition[session.ActiveError]{session.Transition[session.ActiveError]{Session: m.key, Now: m.activeError}, before != nil})
	}
}

// describe adds to the error of a rejected file when that was modified, and whose session
// it was.
func (l *folderScan) describe(m *keyState, modified session.FileTime, known *session.LastKnown) {
	if m.activeError.Modified == modified && m.activeError.LastKnown == known {
		return
	}
	now := *m.activeError // which readers may have
	now.Modified, now.LastKnown = modified, known
	m.activeError, m.problem = &now, &now.Problem
	l.t.problems = append(l.t.problems, transition[session.ActiveError]{session.Transition[session.ActiveError]{Session: m.key, Now: &now}, true})
}

// addWaiting adds a key to what is unsettled in the folder.
func (a *app) addWaiting(m *keyState) {
	if a.waiting == nil {
		a.waiting = make(map[*keyState]struct{})
	}
	a.waiting[m] = struct{}{}
}

// removeWaiting takes a key off. A map keeps the room that it once had, so an empty one
// is dropped.
func (a *app) removeWaiting(m *keyState) {
	delete(a.waiting, m)
	if len(a.waiting) == 0 {
		a.waiting = nil
	}
}

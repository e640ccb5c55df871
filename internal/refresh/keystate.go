package refresh

import (
	"math"
	"time"

	"sessiond/internal/session"
)

// keyState is what there is to say of a key beyond that its session is, or is not,
// in memory: an error, or that there is no verdict yet. An app folder and the
// root as a whole have one of their own.
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
	// marked is true once somebody who asked was shown that the file is gone or
	// invalid, until it is well again.
	marked bool
}

// forever is the end of a right that does not lapse.
const forever time.Duration = math.MaxInt64

// settled reports whether there is nothing more to say of the key.
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

func (k *keyState) unsettled() session.Unsettled {
	return session.Unsettled{Session: k.key, Since: k.pending.since, Reason: k.pending.reason}
}

// answered ends the right that a request to open left with a file: that it
// cannot be judged is the answer. The right from start-up stays.
func (k *keyState) answered() {
	if k.admitUntil != forever {
		k.admitUntil = 0
	}
}

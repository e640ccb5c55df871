package refresh

import (
	"math"
	"time"

	"sessiond/internal/session"
)

// matter is what there is to say of a key beyond that its session is, or is not,
// in memory: an error, or that there is no verdict yet. An app folder and the
// root as a whole have one of their own.
type matter struct {
	key session.Key
	// problem is why the file was rejected by its last verdict.
	problem *session.Problem
	// standing is the current error about the key as readers see it.
	standing *session.Standing
	// wait is not nil while there is no verdict on what is on disk.
	wait *wait
	// rightUntil is the monotonic time until which the file may be admitted
	// although admission is off; 0 for no such right.
	rightUntil time.Duration
	// marked is true once somebody who asked was shown that the file is gone or
	// invalid, until it is well again.
	marked bool
}

// forever is the end of a right that does not lapse.
const forever time.Duration = math.MaxInt64

// settled reports whether there is nothing more to say of the key.
func (m *matter) settled() bool {
	return m.problem == nil && m.standing == nil && m.wait == nil && m.rightUntil == 0 && !m.marked
}

// isHeld reports whether the brake holds back the removal of the session.
func (m *matter) isHeld() bool { return m.wait != nil && m.wait.reason == session.ReasonManyGone }

func (m *matter) inMotion() bool { return m.wait != nil && m.wait.reason == session.ReasonInMotion }

func (m *matter) unsettled() session.Unsettled {
	return session.Unsettled{Session: m.key, Since: m.wait.since, Reason: m.wait.reason}
}

// answered ends the right that a request to open left with a file: that it
// cannot be judged is the answer. The right from start-up stays.
func (m *matter) answered() {
	if m.rightUntil != forever {
		m.rightUntil = 0
	}
}

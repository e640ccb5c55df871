package refresh

import (
	"time"

	"sessiond/internal/mobileapps"
)

// How looks follow one another (refresh contract, section 4).
const (
	// AnswerLimit is how long the answer to a request waits for what is in
	// motion.
	AnswerLimit = 2500 * time.Millisecond

	// lookAgain is the longest time between two looks at something in motion.
	lookAgain = 250 * time.Millisecond
	// A file that every look found absent counts as deleted after absentFor and
	// absentLooks, although its folder never rests.
	absentFor   = 2 * time.Second
	absentLooks = 8
	// What is unreadable is looked at again after firstBackoff, twice as long
	// each time, up to lastBackoff.
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 30 * time.Second
)

// settle returns how far apart two looks must be that agree. Where the kernel cannot be
// made to ask a server, both must not be what it remembers of one answer.
func (l *looker) settle() time.Duration { return max(l.pass.cfg.Settle, l.app.on.Stale) }

// wait is how far something unsettled has come.
type wait struct {
	reason  string
	since   time.Time
	next    time.Duration // monotonic: when to look again
	backoff time.Duration // of something unreadable
	looks   looks         // at something in motion, or held back
	// heldSince is the monotonic time since which the brake holds a removal back.
	heldSince time.Duration
}

// looks is what the looks at something in motion agree on so far. All times are
// monotonic.
type looks struct {
	on    agreement
	sig   mobileapps.Signature // of the invalid file, or of the folder it is absent from
	first time.Duration        // when they began to agree

	// The looks that found the file absent without a break.
	absentSince time.Duration
	absences    int
}

type agreement uint8

const (
	onNothing agreement = iota
	onInvalid
	onAbsent
)

// moved says that a look cannot be the first of two that agree: the file changed
// while it was read.
func (w *wait) moved(now time.Duration) {
	w.looks = looks{}
	w.next = now + lookAgain
}

// sawInvalid takes a look at an invalid file and reports whether the looks agree
// for long enough. The look took from begun to ended.
func (w *wait) sawInvalid(sig mobileapps.Signature, settle, begun, ended time.Duration) bool {
	if w.looks.on == onInvalid && w.looks.sig == sig {
		if begun-w.looks.first >= settle {
			return true
		}
	} else {
		w.looks = looks{on: onInvalid, sig: sig, first: ended}
	}
	w.lookAgain(settle, ended)
	return false
}

// sawAbsent takes a look that found nothing; sig is of the nearest folder that
// exists. It reports whether the looks agree for long enough. The look took from
// begun to ended.
func (w *wait) sawAbsent(sig mobileapps.Signature, settle, begun, ended time.Duration) bool {
	if w.looks.on != onAbsent {
		w.looks = looks{on: onAbsent, sig: sig, first: ended, absentSince: ended}
	}
	w.looks.absences++
	switch {
	case w.looks.sig == sig && begun-w.looks.first >= settle:
		return true
	case begun-w.looks.absentSince >= max(absentFor, settle) && w.looks.absences >= absentLooks:
		return true
	case w.looks.sig != sig: // somebody works in the folder: begin again
		w.looks.sig, w.looks.first = sig, ended
	}
	w.lookAgain(settle, ended)
	return false
}

// lookAgain sets the next look to the moment at which the looks can agree, or
// earlier.
func (w *wait) lookAgain(settle, now time.Duration) {
	w.next = min(max(w.looks.first+settle, now), now+lookAgain)
}

// sawFault takes a look that the operating system refused. A look that came
// before it was due does not put off the next.
func (w *wait) sawFault(now time.Duration) {
	if now < w.next {
		return
	}
	w.backoff = min(max(2*w.backoff, firstBackoff), lastBackoff)
	w.next = now + w.backoff
}

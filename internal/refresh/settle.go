package refresh

import (
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
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
	// each time, up to lastBackoff or, where more is unreadable than one look every
	// retryShare comes to by then, as long as that takes: looks in vain must not
	// fill a processor.
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 30 * time.Second
	retryShare   = 5 * time.Millisecond
	// backoffGrid is the part of a back-off to whose multiples looks are put
	// forward, so that those at many files are made in few passes.
	backoffGrid = 8
)

// settle returns how far apart two looks must be that agree. Where the kernel
// cannot be made to ask a server, it must be longer than the kernel trusts one
// answer, so that the second look does not get the same one.
func (l *folderScan) settle() time.Duration { return max(l.pass.cfg.Settle, l.app.on.Stale) }

// pending is how far something unsettled has come.
type pending struct {
	reason  string
	since   time.Time
	trigger session.Trigger // of the pass that found it so
	next    time.Duration   // monotonic: when to look again
	backoff time.Duration   // of something unreadable
	seen    observations    // at something in motion, or held back
	// heldSince is the monotonic time since which the brake holds a removal back.
	heldSince time.Duration
}

// observations are what the looks at something in motion agree on so far. All times are
// monotonic.
type observations struct {
	agree agreement
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

// moved takes a look during which the file changed: it cannot be the first of two
// that agree.
func (p *pending) moved(now time.Duration) {
	p.seen = observations{}
	p.next = now + lookAgain
}

// sawInvalid takes a look at an invalid file and reports whether the looks agree
// for long enough. The look took from begun to ended.
func (p *pending) sawInvalid(sig mobileapps.Signature, settle, begun, ended time.Duration) bool {
	if p.seen.agree == onInvalid && p.seen.sig == sig {
		if begun-p.seen.first >= settle {
			return true
		}
	} else {
		p.seen = observations{agree: onInvalid, sig: sig, first: ended}
	}
	p.lookAgain(settle, ended)
	return false
}

// sawAbsent takes a look that found nothing; sig is of the nearest folder that
// exists. It reports whether the looks agree for long enough. The look took from
// begun to ended.
func (p *pending) sawAbsent(sig mobileapps.Signature, settle, begun, ended time.Duration) bool {
	if p.seen.agree != onAbsent {
		p.seen = observations{agree: onAbsent, sig: sig, first: ended, absentSince: ended}
	}
	p.seen.absences++
	switch {
	case p.seen.sig == sig && begun-p.seen.first >= settle:
		return true
	case begun-p.seen.absentSince >= max(absentFor, settle) && p.seen.absences >= absentLooks:
		return true
	case p.seen.sig != sig: // the folder is being changed: start again
		p.seen.sig, p.seen.first = sig, ended
	}
	p.lookAgain(settle, ended)
	return false
}

// lookAgain sets the next look to the moment at which the looks can agree, or
// earlier.
func (p *pending) lookAgain(settle, now time.Duration) {
	p.next = min(max(p.seen.first+settle, now), now+lookAgain)
}

// sawFault takes a look that the operating system refused, as it did those at so many
// keys altogether. A look that came before it was due does not delay the next.
func (p *pending) sawFault(now time.Duration, unreadable int) {
	if now < p.next {
		return
	}
	longest := max(lastBackoff, time.Duration(unreadable)*retryShare)
	p.backoff = min(max(2*p.backoff, firstBackoff), longest)
	p.next = (now + p.backoff).Truncate(p.backoff / backoffGrid)
}

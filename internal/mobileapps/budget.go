package mobileapps

import (
	"slices"
	"sync"
	"time"
)

// budget is the patience that one pass has left for calls that hang: many of
// them must not add up. It looks after all calls of the pass with one timer,
// since there may be very many and hardly any of them takes long.
type budget struct {
	b *Bounded

	mu       sync.Mutex
	left     time.Duration
	underWay []*turns
	timer    *time.Timer // goes off again and again while any are under way
	due      time.Time   // when it goes off; zero: it does not
}

func newBudget(b *Bounded) *budget { return &budget{b: b, left: b.patience} }

// patience returns how long a call may take that begins now.
func (p *budget) patience() time.Duration { return max(p.left, leastPatience) }

// between returns how much time goes by between two looks at how far turns are.
func between(patience time.Duration) time.Duration { return max(patience/4, time.Millisecond) }

// await waits until calls have all been made, or until one of them hangs, and
// returns its number. Nobody waits for that one any more.
func (p *budget) await(t *turns) (which int, hung bool) {
	p.mu.Lock()
	t.since, t.patience = time.Now(), p.patience()
	p.underWay = append(p.underWay, t)
	p.lookAt(t.since, between(t.patience))
	p.mu.Unlock()

	which = <-t.outcome
	p.b.steps.Add(1)

	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay = slices.DeleteFunc(p.underWay, func(other *turns) bool { return other == t })
	return which, which != allEnded
}

// lookAt sets the timer, unless it goes off earlier.
func (p *budget) lookAt(now time.Time, after time.Duration) {
	due := now.Add(after)
	switch {
	case p.timer == nil:
		p.timer = time.AfterFunc(after, p.look)
	case p.due.IsZero() || due.Before(p.due):
		p.timer.Reset(after)
	default:
		return
	}
	p.due = due
}

// look looks how far the calls are, and gives up those that hang.
func (p *budget) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := p.due
	p.due = time.Time{}
	if len(p.underWay) == 0 {
		return
	}
	now := time.Now()
	// Time in which the process did not run is not the calls'.
	late := max(now.Sub(due), 0)
	for _, t := range p.underWay {
		t.since = t.since.Add(late)
		switch at := t.at.Load(); {
		case at != t.last:
			// The next may have begun at any time since the look before.
			t.last, t.since = at, now
			p.b.steps.Add(1)
		case now.Sub(t.since) >= t.patience && t.giveUp(at):
			p.left -= t.patience
		}
	}
	next := p.b.patience
	for _, t := range p.underWay {
		next = min(next, between(t.patience))
		if due := t.since.Add(t.patience).Sub(now); due > 0 {
			next = min(next, due)
		}
	}
	p.lookAt(now, next)
}

package replica

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sessiond/internal/store"
)

// term is the time from an authority's opening the log to its losing it.
type term struct {
	a   *Authority
	log Log

	info  Info
	scan  *scan // what the log has, before the term is synced
	last  uint64
	epoch uint64
	beat  uint64

	synced bool
	view   *store.View   // what the log has, once it is synced
	taken  target        // what view is of
	shown  time.Duration // when view was what the store showed, at last
	writer writer
	source string // the status that was published last
}

// run waits until the log is free, takes it, and publishes until it is lost, or until ctx
// ends.
func (t *term) run(ctx context.Context) error {
	info, err := t.log.Open(ctx)
	if err != nil {
		return err
	}
	t.info = info
	t.writer.maxPayload = info.MaxPayload
	t.a.update(func(s *Status) { s.Engine = info.Engine })
	if err := t.takeOver(ctx); err != nil {
		return err
	}
	return t.hold(ctx)
}

// takeOver scans the log and takes the fence, as soon as no other authority has a better
// claim.
func (t *term) takeOver(ctx context.Context) error {
	for {
		other, at, err := t.awaitLease(ctx)
		if err != nil {
			return err
		}
		_, loaded, _ := t.a.peek()
		if other != nil && (other.holds() || !loaded) {
			t.yieldTo(other)
			continue
		}
		info, err := t.log.Info(ctx)
		if err != nil {
			return err
		}
		if !info.Born.Equal(t.info.Born) {
			return errWiped
		}
		if t.scan == nil || t.scan.last != info.Last {
			if t.scan, err = scanLog(ctx, t.log, info); err != nil {
				return err
			}
			t.a.update(func(s *Status) { s.Fulls++ })
		}
		if !t.isStill(other, at) {
			continue
		}
		state, removals := t.readiness()
		if other != nil && state != StateSyncing {
			t.yieldTo(other)
			continue
		}
		t.last = t.scan.last
		if err := t.fence(ctx, state, removals); !errors.Is(err, ErrMoved) {
			return err
		}
	}
}

// isStill reports whether nobody else has come since the lease was awaited: the log was
// scanned after that, and a fence at its end would be behind another's.
func (t *term) isStill(other *Head, at uint64) bool {
	now := t.scan.head
	if now == nil || t.scan.headAt == at || now.Released || now.Run == t.a.cfg.Run {
		return true
	}
	return other != nil && now.Run == other.Run && !now.holds()
}

// holds reports whether the authority of a head keeps others from taking over, as long as
// its heads move. One that publishes nothing does not.
func (h *Head) holds() bool { return h.State == StateLive || h.State == StateSyncing }

// yieldTo takes note of another authority that is at work.
func (t *term) yieldTo(other *Head) {
	t.scan = nil // it will be out of date
	t.a.update(func(s *Status) {
		s.State, s.Code, s.Held = StateHeld, "", Removals{}
		s.Reason = fmt.Sprintf("another authority of this name is at work: node %s, since epoch %d (%s)", other.By, other.Epoch, other.State)
	})
}

// awaitLease returns nil once the log is free: it has no head, its head is one of ours or
// the last one of an authority that has stopped, or it has not moved for the lease. It
// returns the other authority's head when that has moved; and the sequence of the head.
func (t *term) awaitLease(ctx context.Context) (other *Head, at uint64, err error) {
	var first uint64
	began := t.a.cfg.Clock()
	for {
		m, err := t.log.Head(ctx)
		if err != nil || m == nil {
			return nil, 0, err
		}
		head, err := decodeHead(m.Head)
		switch {
		case errors.Is(err, ErrNewer):
			return nil, 0, &RefusedError{RefusedVersion, fmt.Sprintf("the stream is used by a newer version of sessiond: %v", err)}
		case err != nil, head.Released, head.Run == t.a.cfg.Run: // or somebody else's message
			return nil, m.Sequence, nil //nolint:nilerr // it holds nothing
		case first == 0:
			first = m.Sequence
		case m.Sequence != first:
			return head, m.Sequence, nil
		case t.a.cfg.Clock()-began >= t.a.cfg.Lease:
			return nil, m.Sequence, nil
		}
		if err := sleep(ctx, t.a.cfg.Beat/2); err != nil {
			return nil, 0, err
		}
	}
}

// readiness says what a term may do that has scanned the log: publish, which is
// [StateSyncing], or no more than heads.
func (t *term) readiness() (State, Removals) {
	view, loaded, adopted := t.a.peek()
	if !loaded {
		return StateWaiting, Removals{}
	}
	removals := t.scan.removals(view)
	if removals.tooMany() && !adopted {
		return StateHeld, removals
	}
	return StateSyncing, Removals{}
}

// enter shows a state in the status.
func (t *term) enter(state State, removals Removals) {
	reason := ""
	switch state {
	case StateWaiting:
		reason = "the sessions are not loaded yet, or no app folder is there: followers keep what they have"
	case StateHeld:
		reason = fmt.Sprintf("would remove %d of %d sessions: followers keep them until they are back, or until sessiond replica adopt",
			removals.Removed, removals.Keys)
	}
	t.a.update(func(s *Status) { s.State, s.Reason, s.Code, s.Held = state, reason, "", removals })
}

// fence appends the first head of a new epoch. Nothing that another authority still has
// on its way is accepted after it.
func (t *term) fence(ctx context.Context, state State, removals Removals) error {
	t.a.mu.Lock()
	t.epoch = t.a.epoch
	if t.scan.head != nil {
		t.epoch = max(t.epoch, t.scan.head.Epoch)
	}
	t.epoch++
	t.a.epoch = t.epoch
	t.a.mu.Unlock()
	head := t.head(state)
	message, err := headMessage(head)
	if err != nil {
		return err
	}
	if t.last, err = t.log.Append(ctx, t.last, []Message{message}); err != nil {
		return err
	}
	t.published(head)
	t.enter(state, removals)
	return nil
}

// hold publishes as long as the fence holds.
func (t *term) hold(ctx context.Context) error {
	beat := time.NewTicker(t.a.cfg.Beat)
	defer beat.Stop()
	for !t.synced {
		state, removals := t.readiness()
		t.enter(state, removals)
		if state == StateSyncing {
			if err := t.sync(ctx); err != nil {
				return err
			}
			break
		}
		wake := t.a.wake
		if state == StateHeld {
			wake = nil // to count what would be removed takes time for each session
		}
		select {
		case <-ctx.Done():
			return t.release(ctx)
		case <-wake:
			continue
		case <-beat.C:
		}
		if err := t.publishHead(ctx, t.head(state)); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return t.release(ctx)
		case <-t.a.wake:
			if err := t.publishChanges(ctx); err != nil {
				return err
			}
		case <-beat.C:
			if err := t.publishBeat(ctx); err != nil {
				return err
			}
		}
	}
}

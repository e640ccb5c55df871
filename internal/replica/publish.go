package replica

import (
	"context"
	"errors"
	"iter"
	"time"
)

// maxBytes is how many bytes of payload an append has, about, at most.
const maxBytes = 4 << 20

// releaseTime is how long the last head may take: who stops does not wait for an engine
// that is away.
const releaseTime = time.Second

// sync publishes what the log lacks of the store. Then the log is the store's.
func (t *term) sync(ctx context.Context) error {
	t.shown = t.a.cfg.Clock()
	t.taken = t.a.take()
	t.writer.contents = contents{}
	view := t.taken.view
	if err := t.publish(ctx, t.writer.sync(t.scan, view), func() *Head { t.synced, t.view = true, view; return t.head(StateLive) }); err != nil {
		return err
	}
	t.scan = nil
	t.a.mu.Lock()
	t.a.adopted = false
	t.a.mu.Unlock()
	t.enter(StateLive, Removals{})
	return nil
}

// publishChanges publishes what passes have changed since the last time.
func (t *term) publishChanges(ctx context.Context) error {
	t.shown = t.a.cfg.Clock()
	next := t.a.take()
	if next.view == t.view {
		return nil
	}
	messages := t.writer.difference(t.view, next.view, &next.changes)
	return t.publish(ctx, messages, func() *Head { t.taken, t.view = next, next.view; return t.head(StateLive) })
}

// publishBeat publishes the status where it has changed, and a head.
func (t *term) publishBeat(ctx context.Context) error {
	if err := t.publishChanges(ctx); err != nil {
		return err
	}
	if source := t.a.cfg.Source(); string(source) != t.source && len(source) <= t.writer.maxPayload-headerRoom {
		digest := DigestOf(Hash{}, source)
		status := Message{Key: KeyStatus, Payload: source, Digest: &digest}
		one := func(yield func(Message) bool) { yield(status) }
		if err := t.publish(ctx, one, func() *Head { return t.head(StateLive) }); err != nil {
			return err
		}
		t.source = string(source)
	}
	return t.publishHead(ctx, t.head(StateLive))
}

// publish appends messages, a number at a time. The last one has the head that is made
// once all of them are.
func (t *term) publish(ctx context.Context, messages iter.Seq[Message], head func() *Head) error {
	var waiting []Message
	size := 0
	for m := range messages {
		if len(waiting) == MaxAppend || size > maxBytes {
			if err := t.append(ctx, waiting); err != nil {
				return err
			}
			waiting, size = waiting[:0], 0
		}
		waiting = append(waiting, m)
		size += len(m.Payload)
	}
	last := head()
	if len(waiting) == 0 {
		return t.publishHead(ctx, last)
	}
	text, err := last.encode()
	if err != nil {
		return err
	}
	waiting[len(waiting)-1].Head = text
	if err := t.append(ctx, waiting); err != nil {
		return err
	}
	t.published(last)
	return nil
}

// head returns the next head. What it says of the log is what the writer has counted.
func (t *term) head(state State) *Head {
	t.beat++
	h := &Head{
		Version: version, Epoch: t.epoch, Beat: t.beat, By: t.a.cfg.Node, Run: t.a.cfg.Run,
		State: state, Synced: t.synced, Born: t.info.Born, At: time.Now().UTC(), Made: int64(t.a.cfg.Clock()),
	}
	if t.synced {
		h.N, h.Pass, h.Trigger, h.Revision = t.view.Passes(), t.taken.pass, t.taken.trigger, t.view.Revision()
		h.Sessions, h.Sum = t.writer.sessions, t.writer.sum
		h.Made = int64(t.shown)
	}
	return h
}

func headMessage(h *Head) (Message, error) {
	text, err := h.encode()
	return Message{Key: KeyHead, Head: text}, err
}

func (t *term) publishHead(ctx context.Context, h *Head) error {
	m, err := headMessage(h)
	if err != nil {
		return err
	}
	if err := t.append(ctx, []Message{m}); err != nil {
		return err
	}
	t.published(h)
	return nil
}

// published takes note of a head that is in the log.
func (t *term) published(h *Head) {
	t.a.mu.Lock()
	t.a.beatAt = t.a.cfg.Clock()
	t.a.mu.Unlock()
	t.a.update(func(s *Status) { s.Head, s.Omitted = h, t.writer.omitted })
}

// release says that the authority has stopped. Nobody waits for its lease then.
func (t *term) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	state := StateLive
	if !t.synced {
		state = StateWaiting
	}
	h := t.head(state)
	h.Released = true
	m, err := headMessage(h)
	if err != nil {
		return err
	}
	_, err = t.log.Append(ctx, t.last, []Message{m})
	return err
}

// append appends messages, once. Where nobody knows whether they are in the log, it asks
// until somebody does.
func (t *term) append(ctx context.Context, messages []Message) error {
	for {
		last, err := t.log.Append(ctx, t.last, messages)
		if err == nil {
			t.last = last
			return nil
		}
		if refused := new(RefusedError); errors.As(err, &refused) {
			return err
		}
		committed, err := t.resolve(ctx, messages, err)
		if err != nil {
			return err
		}
		if committed {
			t.last += uint64(len(messages))
			return nil
		}
	}
}

// resolve finds out what became of messages whose append failed. It returns no error where
// they are in the log, or where they may be appended again.
func (t *term) resolve(ctx context.Context, messages []Message, why error) (committed bool, err error) {
	var pause backoff
	before := t.a.Status()
	for {
		committed, err := t.ask(ctx, messages)
		if err == nil {
			t.a.update(func(s *Status) { s.State, s.Reason = before.State, before.Reason })
			return committed, nil
		}
		refused := new(RefusedError)
		if errors.Is(err, errFenced) || errors.Is(err, errLost) || errors.Is(err, errWiped) || errors.As(err, &refused) {
			return false, err
		}
		t.a.update(func(s *Status) { s.State, s.Reason = StateAway, why.Error() })
		pause.wait(ctx, err)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
}

// ask asks whoever decides what the log holds whether it has the messages. There may be
// others that are still on their way: the expected sequence keeps these from counting
// twice.
func (t *term) ask(ctx context.Context, messages []Message) (committed bool, err error) {
	info, err := t.log.Info(ctx)
	switch {
	case errors.Is(err, ErrNoLog):
		return false, errWiped
	case err != nil:
		return false, err
	case !info.Born.Equal(t.info.Born):
		return false, errWiped
	}
	m, err := t.log.Head(ctx)
	if err != nil {
		return false, err
	}
	if m == nil {
		return false, errLost
	}
	head, err := decodeHead(m.Head)
	switch {
	case err != nil:
		return false, errLost
	case head.Epoch > t.epoch, head.Epoch == t.epoch && head.Run != t.a.cfg.Run:
		return false, errFenced
	case head.Epoch < t.epoch:
		return false, errLost
	case info.Last == t.last:
		return false, nil
	case info.Last != t.last+uint64(len(messages)):
		return false, errLost
	}
	is, err := t.log.At(ctx, info.Last)
	if err != nil {
		return false, err
	}
	if is == nil || !is.same(&messages[len(messages)-1]) {
		return false, errLost
	}
	return true, nil
}

// same reports whether a message in the log is one that was to be appended.
func (m *Message) same(n *Message) bool {
	digests := m.Digest == nil && n.Digest == nil || m.Digest != nil && n.Digest != nil && *m.Digest == *n.Digest
	return m.Key == n.Key && m.Head == n.Head && m.Removed == n.Removed && digests
}

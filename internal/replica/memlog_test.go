package replica

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// memLog is a log in memory, and what may go wrong with one.
type memLog struct {
	mu      sync.Mutex
	born    time.Time
	base    uint64            // the sequence before the first one
	history []Message         // all that was ever appended, but for what was lost
	latest  map[string]uint64 // the sequence of the last message of each key
	expired map[uint64]bool
	grown   chan struct{}
	highest uint64 // the last sequence that there ever was

	// appended is told of each message that is appended.
	appended func(*Message)
	maxBatch int // the largest append so far
}

func newMemLog() *memLog {
	return &memLog{born: time.Now(), grown: make(chan struct{}), latest: map[string]uint64{}, expired: map[uint64]bool{}, appended: func(*Message) {}}
}

// change changes the log, and wakes those that read it.
func (l *memLog) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.grown)
	l.grown = make(chan struct{})
}

// last returns the last sequence. The caller holds mu.
func (l *memLog) last() uint64 { return l.base + uint64(len(l.history)) }

// end returns the last message, with its sequence.
func (l *memLog) end() (Message, uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.history) == 0 {
		return Message{}, l.last()
	}
	return l.history[len(l.history)-1], l.last()
}

// behind returns the last sequence, and whether the message behind it would take the place of
// one that was lost: who wrote that one cannot tell then that it is gone.
func (l *memLog) behind() (last uint64, fills bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last(), l.last() < l.highest
}

// loseSuffix takes back the last messages: what they replaced is there again.
func (l *memLog) loseSuffix(n int) {
	l.change(func() {
		l.history, l.latest = l.history[:max(0, len(l.history)-n)], map[string]uint64{}
		for _, m := range l.history {
			l.latest[m.Key] = m.Sequence
		}
		// Other messages will have these sequences.
		maps.DeleteFunc(l.expired, func(sequence uint64, _ bool) bool { return sequence > l.last() })
	})
}

func (l *memLog) wipe() {
	l.change(func() {
		l.base = l.last() + 1000 // a log that is made again has no sequence that was there before
		l.history, l.born, l.latest, l.expired = nil, time.Now(), map[string]uint64{}, map[uint64]bool{}
	})
}

// expire lets tombstones end that are old.
func (l *memLog) expire(age time.Duration) {
	l.change(func() {
		for _, m := range l.history {
			if m.Removed && time.Since(m.Time) > age {
				l.expired[m.Sequence] = true
			}
		}
	})
}

// next returns the first message that there is behind a sequence, or nil. Whether there is
// another behind it is told by its pending. The caller holds mu.
func (l *memLog) next(after uint64) *Message {
	var found *Message
	for i := max(after, l.base); i < l.last(); i++ {
		m := l.history[i-l.base]
		if l.latest[m.Key] != m.Sequence || l.expired[m.Sequence] {
			continue
		}
		if found != nil {
			found.Pending = 1
			break
		}
		found = &m
	}
	return found
}

// at returns the message at a sequence, or nil.
func (l *memLog) at(sequence uint64) (*Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.next(max(sequence, 1) - 1); m != nil && m.Sequence == sequence {
		return m, nil
	}
	return nil, nil
}

// client is a log as one daemon has it, and what is wrong between the two.
type client struct {
	*memLog
	maxPayload int
	beforeNext func() // called when a reader asks for the next message

	fault      sync.Mutex
	down       bool
	stalled    bool // nothing is read
	loseAcks   int  // appends that are made, and nobody hears of it
	lose       int  // appends that are not made, and nobody hears of it
	late       int  // appends of which nobody hears, and that are made later
	onTheirWay []func()
	refuse     *RefusedError
	cut        int    // readers from before are broken
	garble     string // the key whose payload arrives as another
	early      bool   // no message is said to have others behind it
	deaf       int    // how many readers get nothing more, and no error
	readers    int    // how many there were
}

func newClient(l *memLog) *client {
	return &client{memLog: l, maxPayload: 1 << 20, beforeNext: func() {}}
}

var (
	errDown    = errors.New("the engine does not answer")
	errNoReply = errors.New("no reply came in time")
)

// set changes what is wrong.
func (c *client) set(f func()) {
	c.fault.Lock()
	f()
	c.fault.Unlock()
	c.change(func() {})
}

func (c *client) isDown() bool {
	c.fault.Lock()
	defer c.fault.Unlock()
	return c.down
}

func (c *client) Open(ctx context.Context) (Info, error) { return c.Info(ctx) }

func (c *client) Info(context.Context) (Info, error) {
	if c.isDown() {
		return Info{}, errDown
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return Info{Born: c.born, Now: time.Now(), Last: c.last(), Messages: uint64(len(c.latest)), MaxPayload: c.maxPayload, Engine: "memory"}, nil
}

func (c *client) Head(context.Context) (*Message, error) {
	if c.isDown() {
		return nil, errDown
	}
	c.mu.Lock()
	last := c.latest[KeyHead]
	c.mu.Unlock()
	return c.at(last)
}

func (c *client) At(_ context.Context, sequence uint64) (*Message, error) {
	if c.isDown() {
		return nil, errDown
	}
	return c.at(sequence)
}

func (c *client) Append(_ context.Context, last uint64, messages []Message) (uint64, error) {
	c.fault.Lock()
	defer c.fault.Unlock()
	messages = slices.Clone(messages)
	take := func(n *int) bool {
		if *n == 0 {
			return false
		}
		*n--
		return true
	}
	switch {
	case c.down:
		return 0, errDown
	case c.refuse != nil:
		return 0, c.refuse
	case take(&c.lose):
		return 0, errNoReply
	case take(&c.late):
		c.onTheirWay = append(c.onTheirWay, func() { _, _ = c.append(last, messages) })
		return 0, errNoReply
	case take(&c.loseAcks):
		_, _ = c.append(last, messages)
		return 0, errNoReply
	}
	return c.append(last, messages)
}

// arrive lets what was late arrive.
func (c *client) arrive() {
	c.fault.Lock()
	defer c.fault.Unlock()
	for _, f := range c.onTheirWay {
		f()
	}
	c.onTheirWay = nil
}

func (l *memLog) append(last uint64, messages []Message) (uint64, error) {
	var err error
	l.change(func() {
		if l.last() != last {
			err = fmt.Errorf("it is %d, not %d: %w", l.last(), last, ErrMoved)
			return
		}
		l.maxBatch = max(l.maxBatch, len(messages))
		for _, m := range messages {
			m.Sequence, m.Time = l.last()+1, time.Now()
			l.highest = max(l.highest, m.Sequence)
			l.history = append(l.history, m)
			l.latest[m.Key] = m.Sequence
			l.appended(&m)
		}
	})
	return last + uint64(len(messages)), err
}

func (c *client) Read(_ context.Context, after uint64, headers bool) (Reader, error) {
	if c.isDown() {
		return nil, errDown
	}
	c.fault.Lock()
	defer c.fault.Unlock()
	c.readers++
	return &memReader{c, after, headers, c.cut, c.readers}, nil
}

type memReader struct {
	c       *client
	after   uint64
	headers bool
	cut     int
	number  int
}

func (r *memReader) Next(ctx context.Context) (Message, error) {
	r.c.beforeNext()
	for {
		r.c.mu.Lock()
		grown := r.c.grown
		next := r.c.next(r.after)
		r.c.mu.Unlock()
		r.c.fault.Lock()
		broken, stalled := r.c.down || r.cut != r.c.cut, r.c.stalled || r.number <= r.c.deaf
		r.c.fault.Unlock()
		switch {
		case broken:
			return Message{}, errDown
		case next != nil && !stalled:
			m := *next
			r.after = m.Sequence
			if r.headers {
				m.Payload = nil
			}
			r.c.fault.Lock()
			if m.Key == r.c.garble {
				m.Payload = []byte("{}")
			}
			if r.c.early {
				m.Pending = 0
			}
			r.c.fault.Unlock()
			return m, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

func (r *memReader) Close() {}

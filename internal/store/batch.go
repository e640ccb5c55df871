package store

import (
	"sync"
	"weak"

	"sessiond/internal/session"
)

// eventsAtOnce is how many events a [Batch] has at most, so that a pass that changed
// everything does not become one huge text for each follower, and so that a slow one
// has to take no more than that at once.
const eventsAtOnce = 256

// Batch is what followed one after the other in the change log. All followers share its
// text, whatever they have read before.
type Batch struct {
	parts []part
	next  uint64 // revision after the last event
}

// part is a part of a segment, within one of its blocks.
type part struct {
	*segment
	begin, end uint64 // indexes of changes
}

// Len returns how many events there are.
func (b Batch) Len() int {
	n := 0
	for _, p := range b.parts {
		n += len(p.changes[p.begin:p.end])
	}
	return n
}

// Events returns the events, in order. The list is the caller's.
func (b Batch) Events() []session.Event {
	events := make([]session.Event, 0, b.Len())
	for _, p := range b.parts {
		for i := p.begin; i < p.end; i++ {
			events = append(events, p.event(i))
		}
	}
	return events
}

// Lines returns the events as text, in a few pieces that the caller must not change.
// What appendLine appends for an event must be the same for all followers: it is called
// once for all those that read at about the same time.
func (b Batch) Lines(appendLine AppendLine) ([][]byte, error) {
	pieces := make([][]byte, len(b.parts))
	for i, p := range b.parts {
		text, err := p.lines.block(p.segment, p.begin/eventsAtOnce, appendLine)
		if err != nil {
			return nil, err
		}
		first := p.begin - p.begin%eventsAtOnce
		pieces[i] = text.bytes[text.begin(p.begin-first):text.begin(p.end-first)]
	}
	return pieces, nil
}

// AppendLine appends an event as a line of text.
type AppendLine func(to []byte, event session.Event) ([]byte, error)

// lines is the text of a segment, in blocks of eventsAtOnce changes. It is there until
// memory is collected, and then made again for those who still ask: all of the log as
// text would take several times as much memory as the log.
type lines struct {
	mu     sync.Mutex
	blocks []weak.Pointer[block]
}

// block is the text of some changes. It never changes.
type block struct {
	bytes []byte
	ends  []int // of each line
}

// begin returns where a line begins, which for the one after the last is the end.
func (b *block) begin(i uint64) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1]
}

// block returns the text of a block of the segment. Whoever comes while it is being made
// waits for that, and does not make another.
func (l *lines) block(s *segment, n uint64, appendLine AppendLine) (*block, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.blocks == nil {
		l.blocks = make([]weak.Pointer[block], (len(s.changes)+eventsAtOnce-1)/eventsAtOnce)
	}
	if made := l.blocks[n].Value(); made != nil {
		return made, nil
	}
	first := n * eventsAtOnce
	end := min(first+eventsAtOnce, uint64(len(s.changes)))
	made := &block{ends: make([]int, 0, end-first)}
	for i := first; i < end; i++ {
		var err error
		if made.bytes, err = appendLine(made.bytes, s.event(i)); err != nil {
			return nil, err
		}
		made.ends = append(made.ends, len(made.bytes))
	}
	l.blocks[n] = weak.Make(made)
	return made, nil
}

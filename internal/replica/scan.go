package replica

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"sessiond/internal/store"
)

// scan is what a log holds: the digest of each session and error.
type scan struct {
	sessions map[Hash]Sum
	problems map[Hash]Sum
	last     uint64 // sequence
	head     *Head  // the last one that lies under its own key; nil where there is none
	headAt   uint64 // its sequence
}

// scanLog reads a log up to what its last message was.
func scanLog(ctx context.Context, log Log, info Info) (*scan, error) {
	s := &scan{sessions: make(map[Hash]Sum), problems: make(map[Hash]Sum)}
	last := info.Last
	if info.Messages == 0 {
		s.last = last
		return s, nil
	}
	r, err := log.Read(ctx, 0, true)
	if err != nil {
		return nil, fmt.Errorf("cannot read the stream: %w", err)
	}
	defer r.Close()
	for s.last < last {
		waiting, cancel := context.WithTimeout(ctx, silence)
		m, err := r.Next(waiting)
		cancel()
		switch {
		case err == nil:
			s.take(&m)
			continue
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return nil, fmt.Errorf("cannot read the stream: %w", err)
		}
		if is, err := log.At(ctx, last); err != nil || is != nil {
			return nil, fmt.Errorf("cannot read the stream to its end: %w", cmp.Or(err, errSilence))
		}
		s.last = last // the last message was a removal that has expired
	}
	return s, nil
}

func (s *scan) take(m *Message) {
	s.last = m.Sequence
	k, h := parseKey(m.Key)
	of := s.sessions
	switch k {
	case kindSession:
	case kindProblem:
		of = s.problems
	case kindOther:
		if m.Key == KeyHead {
			s.head, _ = decodeHead(m.Head) // nil where it is somebody else's
			s.headAt = m.Sequence
		}
		return
	}
	switch {
	case m.Removed:
		delete(of, h)
	case m.Digest == nil:
		of[h] = Sum{} // somebody else's: it is published again
	default:
		of[h] = *m.Digest
	}
}

// removals returns how many of the sessions in the log a view has not.
func (s *scan) removals(v *store.View) Removals {
	kept := 0
	for l := range v.All() {
		if _, ok := s.sessions[HashOf(l.Key())]; ok {
			kept++
		}
	}
	return Removals{Removed: len(s.sessions) - kept, Keys: len(s.sessions)}
}

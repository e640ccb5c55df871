package refresh

import "sync"

// spares are things to be used again. Unlike a sync.Pool, which has some for each
// processor, it keeps no more than are in use at a time, and keeps them: they are
// large.
type spares[T any] struct {
	max int

	mu   sync.Mutex
	kept []*T
}

// take returns one, nil where there is none.
func (s *spares[T]) take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.kept) - 1
	if last < 0 {
		return nil
	}
	one := s.kept[last]
	s.kept[last] = nil
	s.kept = s.kept[:last]
	return one
}

func (s *spares[T]) give(one *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) < s.max {
		s.kept = append(s.kept, one)
	}
}

package refresh

import (
	"sync"
	"weak"
)

// spares are things to be used again. Unlike a sync.Pool, which has some for each
// processor, it keeps a bounded number, since they are large. The next collection of
// garbage takes them.
type spares[T any] struct {
	max int

	mu   sync.Mutex
	kept []weak.Pointer[T]
}

// take returns one, nil where there is none.
func (s *spares[T]) take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.kept) > 0 {
		last := len(s.kept) - 1
		one := s.kept[last].Value()
		s.kept = s.kept[:last]
		if one != nil {
			return one
		}
	}
	return nil
}

func (s *spares[T]) give(one *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) < s.max {
		s.kept = append(s.kept, weak.Make(one))
	}
}

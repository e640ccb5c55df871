package validate

import "sync/atomic"

// How many of the files that the fast way accepts are judged by the authority
// too: the first ones, so that an error that shows in every file shows at once,
// and then so few that they add less than a tenth to what a file costs.
const (
	sampleFirst = 64
	sampleEvery = 1024
)

// sample picks files of those that were accepted. It is safe for concurrent use.
type sample struct {
	accepted atomic.Uint64
}

// next reports whether the file that was accepted just now is one of them.
func (s *sample) next() bool {
	n := s.accepted.Add(1)
	return n <= sampleFirst || n%sampleEvery == 0
}

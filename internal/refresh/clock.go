package refresh

import "time"

// Instant is one reading of two clocks: the wall clock, which people and files
// know and which can be set, and a monotonic one that only goes forward.
type Instant struct {
	Wall time.Time
	Mono time.Duration // since some fixed moment
}

// Clock reads both clocks.
type Clock func() Instant

// SystemClock returns the operating system's clocks.
func SystemClock() Clock {
	begin := time.Now()
	return func() Instant {
		now := time.Now()
		return Instant{Wall: now.UTC().Round(0), Mono: now.Sub(begin)}
	}
}

package replica

import (
	"time"

	"sessiond/internal/session"
)

// transit tells when heads were made, by the follower's clock. A head may be long on its
// way: in an append that a server took late, in the buffers of a connection, or before a
// process that stood still. The one of an authority that came fastest says how the two
// clocks differ, and what is slower than that was late.
//
// The zero value knows of no authority.
type transit struct {
	run   session.Epoch // of the authority whose heads were seen
	least time.Duration // the difference of the fastest head
	at    time.Duration // when the last head arrived
	late  time.Duration // since when all were late; 0 where the last one was not
}

const (
	// drift is how far two clocks drift apart at most, as a part of the time: some times what
	// is usual.
	drift = 1000
	// tooLate is how late heads are that are counted as late, and jump how long all of them
	// are until a clock must have jumped, as where a machine moves.
	tooLate = time.Second
	jump    = time.Minute
)

// made returns when a head was made that arrived at a time: never later than it was but
// for the time that the fastest head took.
func (t *transit) made(h *Head, arrived time.Duration) time.Duration {
	difference := arrived - time.Duration(h.Made)
	least := difference
	if t.run == h.Run {
		least = min(difference, t.least+max(0, arrived-t.at)/drift)
	}
	switch {
	case difference-least < tooLate:
		t.late = 0
	case t.late == 0:
		t.late = arrived
	case arrived-t.late > jump:
		least, t.late = difference, 0
	}
	t.run, t.least, t.at = h.Run, least, arrived
	return min(arrived, time.Duration(h.Made)+least)
}

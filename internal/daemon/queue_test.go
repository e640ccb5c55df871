package daemon

import (
	"testing"

	"sessiond/internal/session"
)

// A pass that several asked for is the one that looks closest: a resync reads what a
// poll believes, and a person's request most of all.
func TestFullPassOfSeveral(t *testing.T) {
	order := []session.Trigger{
		session.TriggerPoll, session.TriggerResync, session.TriggerWatch, session.TriggerSignal, session.TriggerSocket,
	}
	for i, lesser := range order {
		for _, greater := range order[i:] {
			for _, both := range [][]session.Trigger{{lesser, greater}, {greater, lesser}} {
				q := newQueue()
				for _, trigger := range both {
					q.full(trigger)
				}
				if got := q.take(false).full; got != greater {
					t.Errorf("%v: %q, want %q", both, got, greater)
				}
			}
		}
	}
}

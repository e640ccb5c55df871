package jetstream

import (
	"maps"
	"testing"

	"sessiond/internal/replica"
)

// A pass of 3,000 changes is seen whole by whoever looks.
func TestPassIsSeenWhole(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(3000, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			now := emails(shown.View())
			if len(now) != 1 {
				t.Errorf("half a pass is seen: %v", now)
				return
			}
			if now["2"] > 0 {
				return
			}
		}
	}()
	d.look(sessions(3000, "2"))
	awaits(t, f, d)
	<-done
	if s := f.Status(); s.Fulls != 1 || s.Mismatches != 0 || s.State != replica.StateFollowing {
		t.Errorf("the follower is %+v", s)
	}
}

// A restart of the authority publishes nothing again, one of the server loses nothing.
func TestRestarts(t *testing.T) {
	s := serve(t)
	d := publishes(t, connected(t, s, "north", authority), sessions(100, "1"))
	f, shown := follows(t, connected(t, s, "south", follower))
	awaits(t, f, d)
	d.stop()
	e := connected(t, s, "north", authority)
	before, err := e.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := publishes(t, e, sessions(100, "1"))
	awaits(t, f, again)
	after, err := e.Info(t.Context())
	if head := again.Status().Head; err != nil || after.Last-before.Last > 2*head.Beat {
		t.Errorf("%d messages were published, with %d heads: %v", after.Last-before.Last, head.Beat, err)
	}
	if got := emails(shown.View()); !maps.Equal(got, map[string]int{"1": 100}) {
		t.Errorf("the follower shows %v", got)
	}
}

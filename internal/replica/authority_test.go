package replica

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// An authority that has crashed is followed by another after its lease, and not before.
func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		first := newDaemon(log, "north", 1)
		first.look(many(3), true)
		stop := start(t, first.Run)
		time.Sleep(testBeat)
		second := newDaemon(log, "south", 2)
		second.look(many(3), true)
		start(t, second.Run)
		time.Sleep(time.Minute)
		if s := second.Status(); s.State != StateHeld || first.Status().State != StateLive {
			t.Errorf("beside another, it is %+v", s)
		}
		first.log.set(func() { first.log.down = true })
		stop()
		time.Sleep(testLease - 2*testBeat)
		if s := second.Status(); s.State == StateLive {
			t.Error("it did not wait for the lease")
		}
		time.Sleep(4 * testBeat)
		if s := second.Status(); s.State != StateLive || s.Head.Epoch != 2 {
			t.Errorf("after the lease, it is %+v", s)
		}
	})
}

// An authority that was away while another took over gives way, and says so.
func TestFenced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		first := newDaemon(log, "north", 1)
		first.look(many(3), true)
		start(t, first.Run)
		time.Sleep(testBeat)
		first.log.set(func() { first.log.down = true })
		second := newDaemon(log, "south", 2)
		second.look(many(4), true)
		start(t, second.Run)
		first.look(many(5), true)
		time.Sleep(2 * testLease)
		first.log.set(func() { first.log.down = false })
		time.Sleep(2 * testBeat)
		if s := first.Status(); s.State != StateHeld || s.Fenced != 1 || s.Losses != 0 || second.Status().State != StateLive {
			t.Errorf("the first is %+v, the second %+v", s, second.Status())
		}
	})
}

// Appends of which nobody knows whether they were made are made once.
func TestUnknownAppends(t *testing.T) {
	for name, fault := range map[string]func(*client){
		"lost":            func(c *client) { c.lose = 2 },
		"unacknowledged":  func(c *client) { c.loseAcks = 2 },
		"late":            func(c *client) { c.late = 2 },
		"lost, then late": func(c *client) { c.lose, c.late = 1, 1 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newMemLog()
				d := newDaemon(log, "north", 1)
				d.look(many(3), true)
				start(t, d.Run)
				time.Sleep(testBeat / 2)
				d.log.set(func() { fault(d.log) })
				d.look(many(9), true)
				synctest.Wait()
				d.log.arrive()
				time.Sleep(2 * testBeat)
				f, _ := newFollowing(log)
				start(t, f.Run)
				<-f.Ready()
				if s := d.Status(); s.State != StateLive || s.Losses != 0 || s.Fenced != 0 || s.Fulls != 1 || f.cfg.Store.View().Len() != 9 {
					t.Errorf("the follower shows %d sessions, the authority is %+v", f.cfg.Store.View().Len(), s)
				}
			})
		})
	}
}

// An authority that publishes nothing keeps no other from publishing, but one that could
// not do it either.
func TestWhoWaitsGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		waiting := newDaemon(log, "north", 1)
		waiting.look(tree{}, false)
		start(t, waiting.Run)
		synctest.Wait()
		also := newDaemon(log, "east", 2)
		also.look(tree{}, false)
		start(t, also.Run)
		time.Sleep(time.Minute)
		if last, _ := log.end(); waiting.Status().State != StateWaiting || also.Status().State != StateHeld || last.Head == "" {
			t.Errorf("two that wait are %+v and %+v", waiting.Status(), also.Status())
		}
		ready := newDaemon(log, "south", 3)
		ready.look(many(3), true)
		start(t, ready.Run)
		time.Sleep(5 * testBeat)
		if ready.Status().State != StateLive || waiting.Status().State != StateHeld {
			t.Errorf("the one that is ready is %+v, the other %+v", ready.Status(), waiting.Status())
		}
	})
}

// While the engine is away, passes go on, and what they change is remembered in bounds.
func TestChangesAreBounded(t *testing.T) {
	s := store.New(time.Unix(0, 0))
	a := NewAuthority(AuthorityConfig{Changed: func(Status) {}})
	o := session.Outcome{Problems: make([]session.Transition[session.ActiveError], 40_000)}
	for i := range o.Problems {
		o.Problems[i].Session = session.Key{App: "a.b", ID: string(rune(i + 0x100))}
	}
	a.Observe(s.View(), &o, true)
	if n := a.Status().Pending; n != 40_000 || a.target.changes.all {
		t.Errorf("%d are remembered", n)
	}
	a.Observe(s.View(), &o, true)
	if c := &a.target.changes; !c.all || c.problems != nil {
		t.Errorf("%d keys are kept", len(c.problems))
	}
}

// Two views that are compared give what the remembered keys give.
func TestDifferenceOfViews(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.MapOfN(
			rapid.Map(rapid.IntRange(0, 20), func(i int) session.Key { return session.Key{App: "a.b", ID: string(rune('a' + i))} }),
			rapid.SampledFrom([]string{"1", "2", rejected}), 0, 20)
		d := newDaemon(newMemLog(), "north", 1)
		d.look(files.Draw(t, "old"), true)
		old := d.store.View()
		_ = d.take()
		d.look(files.Draw(t, "new"), true)
		next := d.take()
		by := func(c *changes) (map[string]Message, contents) {
			w := writer{maxPayload: 1 << 20}
			all := map[string]Message{}
			for m := range w.difference(old, next.view, c) {
				all[m.Key] = m
			}
			return all, w.contents
		}
		keys, counted := by(&next.changes)
		compared, also := by(&changes{all: true})
		if diff := cmp.Diff(keys, compared, cmp.AllowUnexported(Sum{})); diff != "" || counted.sum != also.sum || counted.sessions != also.sessions {
			t.Fatalf("they count %+v and %+v: %s", counted, also, diff)
		}
		// And the sum is what a scan of the whole view gives.
		var was, is writer
		was.maxPayload, is.maxPayload = 1<<20, 1<<20
		for range was.sync(&scan{}, old) {
		}
		for range is.sync(&scan{sessions: map[Hash]Sum{}, problems: map[Hash]Sum{}}, next.view) {
		}
		if was.sum.Plus(counted.sum) != is.sum || was.sessions+counted.sessions != is.sessions {
			t.Fatalf("the sum is %v after %v, with %v", is.contents, was.contents, counted)
		}
	})
}

// A restart over a log in which somebody wrote repairs it.
func TestOthersMessagesAreRepaired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(5), true)
		start(t, d.Run)
		f, _ := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		want := maps.Clone(showing(d.store.View()).sessions)
		h := HashOf(session.Key{App: "T.a.b", ID: "2"})
		_, last := log.end()
		if _, err := log.append(last, []Message{{Key: kindSession.key(h), Removed: true}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * testBeat)
		if got := showing(f.cfg.Store.View()).sessions; !maps.Equal(got, want) || d.Status().Losses != 1 || f.Status().State != StateFollowing {
			t.Errorf("the follower shows %v, the authority is %+v", got, d.Status())
		}
	})
}

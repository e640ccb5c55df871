package replica

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

// A machine that slept has an old view, whatever it heard just before.
func TestAgeCountsSuspend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(3), true)
		began := time.Now()
		var slept atomic.Int64
		clock := func() time.Duration { return time.Since(began) + time.Duration(slept.Load()) }
		d.cfg.Clock = clock // its time goes on as well
		start(t, d.Run)
		f, c := newFollowingBy(log, clock)
		start(t, f.Run)
		time.Sleep(3 * testBeat)
		if s := f.Status(); s.State != StateFollowing || s.Stale != Fresh {
			t.Errorf("before, it is %+v", s)
		}
		c.set(func() { c.stalled = true })
		slept.Store(int64(30 * time.Second))
		if s := f.Status(); s.State != StateStale || s.Stale != Stale || s.Age < 30*time.Second {
			t.Errorf("after half a minute, it is %+v", s)
		}
		slept.Store(int64(time.Hour))
		if s := f.Status(); s.Stale != Expired || s.Age < time.Hour {
			t.Errorf("after an hour, it is %+v", s)
		}
		c.set(func() { c.stalled = false })
		time.Sleep(2 * testBeat)
		if s := f.Status(); s.State != StateFollowing || s.Stale != Fresh {
			t.Errorf("at last, it is %+v", s)
		}
	})
}

// What an authority wrote that has been gone for an hour is an hour old, whenever it is read.
func TestOldHeadsAreOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(3), true)
		stop := start(t, d.Run)
		time.Sleep(testBeat)
		stop()
		time.Sleep(time.Hour)
		f, _ := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		if s := f.Status(); s.Age < time.Hour || s.Stale != Expired || f.cfg.Store.View().Len() != 3 {
			t.Errorf("it is %+v", s)
		}
	})
}

// A removal that expired while the follower was away is noticed.
func TestFollowerThatWasAwayForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(30), true)
		stop := start(t, d.Run)
		f, c := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		c.set(func() { c.down = true })
		d.look(many(29), true)
		time.Sleep(testBeat)
		stop()
		time.Sleep(TombstoneTTL + time.Second)
		log.expire(TombstoneTTL)
		c.set(func() { c.down = false })
		time.Sleep(time.Minute)
		if s := f.Status(); f.cfg.Store.View().Len() != 29 || s.Fulls != 2 || s.Mismatches > 0 {
			t.Errorf("it shows %d sessions and is %+v", f.cfg.Store.View().Len(), s)
		}
	})
}

// That there is nothing behind a message may be said too early. An older head, whose sum
// fails since some of its messages were replaced, is no mistake then.
func TestPendingIsToldTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		files := many(30)
		d.look(files, true)
		start(t, d.Run)
		for i := range 10 {
			files[session.Key{App: "T.a.b", ID: "1"}] = string(rune('a' + i))
			files[session.Key{App: "T.a.b", ID: string(rune('a' + i))}] = "x"
			d.look(files, true)
			synctest.Wait()
		}
		f, c := newFollowing(log)
		c.early = true
		start(t, f.Run)
		<-f.Ready()
		if s := f.Status(); s.Fulls != 1 || s.Mismatches != 0 || f.cfg.Store.View().Len() != 40 {
			t.Errorf("it shows %d sessions and is %+v", f.cfg.Store.View().Len(), s)
		}
	})
}

// A follower whose sum fails again and again says so, and keeps what it has shown.
func TestDiverged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(5), true)
		start(t, d.Run)
		f, c := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		changed := many(5)
		key := session.Key{App: "T.a.b", ID: "3"}
		changed[key] = "new"
		c.set(func() { c.garble = kindSession.key(HashOf(key)) })
		d.look(changed, true)
		time.Sleep(time.Minute)
		if s := f.Status(); s.State != StateDiverged || s.Mismatches < 3 || s.Age < 50*time.Second || f.cfg.Store.View().Len() != 5 {
			t.Errorf("it shows %d sessions and is %+v", f.cfg.Store.View().Len(), s)
		}
		if got, _ := f.cfg.Store.View().Get(key); got.Details().Email == "new" {
			t.Error("it shows the change")
		}
		c.set(func() { c.garble = "" })
		time.Sleep(time.Minute)
		if s := f.Status(); s.State != StateFollowing || !showing(f.cfg.Store.View()).equal(showing(d.store.View())) {
			t.Errorf("then, it is %+v", s)
		}
	})
}

// A reader that gets nothing more, and no error, is made again.
func TestReaderThatIsDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(5), true)
		start(t, d.Run)
		f, c := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		c.set(func() { c.deaf = c.readers })
		d.look(many(6), true)
		time.Sleep(2 * silence)
		if s := f.Status(); f.cfg.Store.View().Len() != 6 || s.State != StateFollowing || s.Fulls != 1 {
			t.Errorf("it shows %d sessions and is %+v", f.cfg.Store.View().Len(), s)
		}
	})
}

// Who reads everything shows nothing older than what it had, nor anything old at first.
func TestSnapshotShowsNoOlderHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(3), true)
		start(t, d.Run)
		synctest.Wait()
		d.look(many(9), true) // and the head of the pass before is still there
		synctest.Wait()
		f, c := newFollowing(log)
		c.beforeNext = func() {
			if v := f.cfg.Store.View(); v.Passes() > 0 && v.Len() < 9 {
				t.Errorf("it shows %d sessions", v.Len())
			}
		}
		start(t, f.Run)
		<-f.Ready()
	})
}

// A head that was long on its way makes no view young: neither one that a server took late,
// nor those that lay in a connection.
func TestHeadsThatWereLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(3), true)
		start(t, d.Run)
		f, c := newFollowing(log)
		looks, late := 0, 0
		c.beforeNext = func() {
			s := f.Status()
			if s.Head == nil {
				return
			}
			looks++
			if truth := time.Since(s.Head.At); s.Age < truth-50*time.Millisecond { // clocks may drift
				t.Errorf("the view is %v old and says %v", truth, s.Age)
			} else if s.Age > truth+time.Second {
				t.Errorf("the view is %v old and says %v", truth, s.Age)
			}
			if s.Age > 5*time.Second {
				late++
			}
		}
		stop := start(t, f.Run)
		<-f.Ready()
		for range 3 {
			c.set(func() { c.stalled = true })
			time.Sleep(30 * testBeat) // many heads gather
			c.set(func() { c.stalled = false })
			time.Sleep(2 * testBeat)
			d.log.set(func() { d.log.late, d.log.down = 1, false })
			time.Sleep(testBeat)
			d.log.set(func() { d.log.down = true }) // and nobody can ask what became of it
			time.Sleep(10 * testBeat)
			d.log.arrive()
			time.Sleep(testBeat)
			d.log.set(func() { d.log.down = false })
			time.Sleep(2 * testBeat)
		}
		stop()
		if looks < 40 || late < 10 {
			t.Errorf("of %d looks, %d were at what was late", looks, late)
		}
	})
}

// Clocks that drift apart make a view seem older by a thousandth at most.
func TestClocksDriftApart(t *testing.T) {
	var transit transit
	head := &Head{Run: 1, Made: int64(time.Hour)}
	for range 1000 {
		head.Made += int64(time.Second)
		arrived := time.Duration(head.Made+head.Made/10_000) + time.Millisecond // the follower's is faster
		if age := arrived - transit.made(head, arrived); age < 0 || age > 5*time.Millisecond {
			t.Fatalf("a head that comes at once is %v old", age)
		}
	}
	head.Run = 2 // another authority has another clock
	head.Made = int64(time.Second)
	if made := transit.made(head, 5*time.Hour); made != 5*time.Hour {
		t.Errorf("the first head of another was made at %v", made)
	}
	// One that jumps makes all heads late, which is believed for a minute.
	for at := 5*time.Hour + time.Second; at < 6*time.Hour; at += time.Second {
		head.Made = int64(at) - int64(7*time.Hour)
		age := at - transit.made(head, at)
		if since := at - 5*time.Hour; age > time.Hour != (since <= jump+time.Second) || age < 0 {
			t.Fatalf("%v after a jump, a head is %v old", since, age)
		}
	}
}

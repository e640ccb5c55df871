package replica

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

// What the authority shows comes to be shown by the follower, a pass at a time.
func TestFollowerShowsWhatTheAuthorityShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(tree{{App: "a.b", ID: "1"}: "one", {App: "a.b", ID: "2"}: rejected}, true)
		start(t, d.Run)
		f, _ := newFollowing(log)
		start(t, f.Run)
		<-f.Ready()
		for _, now := range []tree{
			{{App: "a.b", ID: "1"}: "other", {App: "a.b", ID: "2"}: rejected},
			{{App: "a.b", ID: "1"}: rejected, {App: "a.b", ID: "2"}: "two"},
			{},
			many(3000),
			{{App: "a.b", ID: "3"}: "three"},
		} {
			d.look(now, true)
			if err := f.Await(t.Context(), d.Position()); err != nil {
				t.Fatal(err)
			}
			if got, want := showing(f.cfg.Store.View()), showing(d.store.View()); !got.equal(want) {
				t.Errorf("it shows %v, want %v", got, want)
			}
			if got, want := f.cfg.Store.View().Revision(), d.store.View().Revision(); got != want {
				t.Errorf("the revision is %d, want %d", got, want)
			}
		}
		if s := f.Status(); s.State != StateFollowing || s.Mismatches > 0 || s.Fulls != 1 || s.Age > testBeat {
			t.Errorf("the status is %+v", s)
		}
		if log.maxBatch != MaxAppend {
			t.Errorf("the largest append has %d messages", log.maxBatch)
		}
	})
}

// A restart that finds the same files publishes heads and the status, and nothing else.
func TestRestartPublishesNothingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		files := many(100)
		files[session.Key{App: "a.b", ID: "x"}] = rejected
		d := newDaemon(log, "north", 1)
		d.look(files, true)
		stop := start(t, d.Run)
		time.Sleep(3 * testBeat)
		stop()
		began := time.Now()
		count := 0
		log.appended = func(m *Message) {
			if k, _ := parseKey(m.Key); k != kindOther {
				count++
			}
		}
		again := newDaemon(log, "north", 2)
		again.tree, again.pass = d.tree, d.pass
		again.store = d.store // with the same times of the files
		again.Observe(d.store.View(), &session.Outcome{}, true)
		start(t, again.Run)
		synctest.Wait()
		if s := again.Status(); s.State != StateLive || s.Head.Epoch != 2 || count > 0 || time.Since(began) > 0 {
			t.Errorf("after %v, %d were published, and the status is %+v", time.Since(began), count, s)
		}
	})
}

// An authority that has not found an app folder, or lacks most sessions, takes nothing
// away from followers, and says so.
func TestAuthorityThatKnowsTooLittle(t *testing.T) {
	for name, test := range map[string]struct {
		files  tree
		loaded bool
		state  State
	}{
		"an unmounted root": {tree{}, false, StateWaiting},
		"an empty root":     {tree{}, true, StateHeld},
		"the wrong root":    {tree{{App: "x.y", ID: "z"}: "other"}, true, StateHeld},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newMemLog()
				files := many(100)
				d := newDaemon(log, "north", 1)
				d.look(files, true)
				stop := start(t, d.Run)
				f, _ := newFollowing(log)
				start(t, f.Run)
				<-f.Ready()
				stop()
				again := newDaemon(log, "north", 2)
				again.look(test.files, test.loaded)
				start(t, again.Run)
				time.Sleep(time.Minute)
				s := f.Status()
				if n := f.cfg.Store.View().Len(); n != len(files) || again.Status().State != test.state || s.State != StateStale || s.Age < time.Minute-2*testBeat {
					t.Errorf("the follower has %d sessions, is %s for %v: %s; the authority is %+v", n, s.State, s.Age, s.Reason, again.Status())
				}
				if test.state == StateHeld {
					if held := again.Status().Held; held != (Removals{100, 100}) {
						t.Errorf("it says %+v", held)
					}
				}
				back := maps.Clone(files)
				delete(back, session.Key{App: "T.a.b", ID: "7"})
				again.look(back, true)
				time.Sleep(3 * testBeat)
				if n := f.cfg.Store.View().Len(); n != len(back) || f.Status().State != StateFollowing {
					t.Errorf("the follower has %d sessions of %d, and is %+v", n, len(back), f.Status())
				}
			})
		})
	}
}

func TestAdopt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(100), true)
		stop := start(t, d.Run)
		time.Sleep(testBeat)
		if _, err := d.Adopt(); err == nil {
			t.Error("there was something to adopt")
		}
		stop()
		again := newDaemon(log, "north", 2)
		again.look(tree{}, true)
		start(t, again.Run)
		f, _ := newFollowing(log)
		start(t, f.Run)
		time.Sleep(10 * testBeat)
		if removed, err := again.Adopt(); err != nil || removed.Removed != 100 {
			t.Errorf("it adopts %+v, %v", removed, err)
		}
		time.Sleep(2 * testBeat)
		if n := f.cfg.Store.View().Len(); n != 0 || again.Status().State != StateLive || f.Status().State != StateFollowing {
			t.Errorf("the follower has %d sessions, the authority is %+v", n, again.Status())
		}
	})
}

// A removal expires, also as the last message of a log: nothing waits for it.
func TestLastMessageExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		d := newDaemon(log, "north", 1)
		d.look(many(3), true)
		stop := start(t, d.Run)
		time.Sleep(testBeat / 2)
		d.look(many(2), true)
		synctest.Wait()
		d.log.set(func() { d.log.down = true }) // so that nothing follows the removal
		stop()
		if last, _ := log.end(); !last.Removed {
			t.Fatalf("the last message is %+v", last)
		}
		time.Sleep(TombstoneTTL + time.Second)
		log.expire(TombstoneTTL)
		f, _ := newFollowing(log)
		start(t, f.Run)
		time.Sleep(time.Minute)
		fulls := f.Status().Fulls
		again := newDaemon(log, "north", 2)
		again.look(many(2), true)
		start(t, again.Run)
		time.Sleep(2 * testLease)
		if s := again.Status(); s.State != StateLive || f.Status().State != StateFollowing || fulls != 1 {
			t.Errorf("after %d snapshots the follower is %+v, the authority %+v", fulls, f.Status(), s)
		}
	})
}

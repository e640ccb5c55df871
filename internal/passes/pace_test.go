package passes

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/mobileapps"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/validate"
)

// slow is a tree whose passes take a while.
type slow struct {
	mobileapps.Tree
	pass time.Duration
}

func (s *slow) Open() (mobileapps.Root, error) {
	time.Sleep(s.pass)
	return s.Tree.Open()
}

// passed is a pass of a loop, after the test began.
type passed struct {
	trigger    session.Trigger
	begin, end time.Duration
}

// paced runs a loop on a fake clock over a tree with so many files, whose passes take
// so long, and returns the passes that it makes while ask asks for some.
func paced(t *testing.T, files int, pass time.Duration, ask func(q *queue)) (passes []passed, sessions int) {
	t.Helper()
	root := t.TempDir()
	for n := range files {
		passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "a@example.com"))
	}
	judge, err := validate.New()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		tree, clock, start := &slow{Tree: mobileapps.NewDisk(root, passestest.MaxFileSize)}, refresh.SystemClock(), time.Now()
		l := New(Config{
			Memory: refresh.New(refresh.Config{Tree: tree, Judge: judge, Settle: 250 * time.Millisecond, Clock: clock}),
			Store:  store.New(start),
			Clock:  clock,
			Applied: func(p Pass) {
				r := p.Outcome.Report
				passes = append(passes, passed{r.Trigger, r.StartedAt.Sub(start), time.Since(start)})
			},
			Finished: func(bool) {},
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { l.Run(ctx) })
		<-l.ready
		tree.pass = pass
		passes = nil
		ask(l.queue)
		time.Sleep(time.Minute)
		synctest.Wait()
		if l.Busy() {
			t.Error("busy after a minute of rest")
		}
		sessions = l.cfg.Store.View().Len()
		cancel()
		running.Wait()
	})
	return passes, sessions
}

// TestPace has passes begin no sooner after one that nobody asked for than it took,
// 25 ms later at most, and as soon as that where something waits.
func TestPace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		took := time.Duration(rapid.IntRange(1, 60).Draw(rt, "took")) * time.Millisecond
		gap := time.Duration(rapid.IntRange(1, 30000).Draw(rt, "gap")) * time.Microsecond
		changes := rapid.IntRange(2, 100).Draw(rt, "changes")
		passes, _ := paced(t, 1, took, func(q *queue) {
			for n := range changes {
				time.Sleep(gap)
				q.changed(session.TriggerWatch, []session.Key{passestest.Key(n)}, time.Now())
			}
		})
		for n := 1; n < len(passes); n++ {
			pause := passes[n].begin - passes[n-1].end
			if least := min(took, maxPause); pause < least {
				rt.Fatalf("pass %d of %v began after %v, want at least %v", n, took, pause, least)
			}
			if most := max(min(took, maxPause), gap); pause > most {
				rt.Fatalf("pass %d of %v began after %v, want at most %v", n, took, pause, most)
			}
		}
		if len(passes) == 0 || passes[len(passes)-1].begin < time.Duration(changes)*gap {
			rt.Fatalf("no pass after the last change: %v", passes)
		}
	})
}

// TestPaceOfStorm has 5,000 names a second change, for two seconds: the passes take
// half of the time, and then all is seen at once.
func TestPaceOfStorm(t *testing.T) {
	const took, files = 2 * time.Millisecond, 100
	passes, sessions := paced(t, files, took, func(q *queue) {
		for n := range 10000 {
			time.Sleep(200 * time.Microsecond)
			q.changed(session.TriggerWatch, []session.Key{passestest.Key(n)}, time.Now())
		}
	})
	if most := int(2*time.Second/(2*took)) + 2; len(passes) > most {
		t.Errorf("%d passes, want %d at most", len(passes), most)
	}
	if rest := passes[len(passes)-1].end - passes[0].begin; rest > 2*time.Second+4*took {
		t.Errorf("at rest %v after the storm began", rest)
	}
	if sessions != files {
		t.Errorf("%d sessions, want %d", sessions, files)
	}
}

// TestAskedPassDoesNotPause begins a pass that somebody asks for at once, whatever
// came before, and with what waited.
func TestAskedPassDoesNotPause(t *testing.T) {
	const took = 40 * time.Millisecond
	for name, ask := range map[string]func(q *queue){
		"refresh": func(q *queue) { q.refresh(nothing) },
		"signal":  func(q *queue) { q.hangup() },
		"open":    func(q *queue) { q.open(request{what: openFile, file: passestest.Key(0)}) },
	} {
		t.Run(name, func(t *testing.T) {
			passes, _ := paced(t, 1, took, func(q *queue) {
				q.changed(session.TriggerWatch, []session.Key{passestest.Key(0)}, time.Now())
				synctest.Wait()
				time.Sleep(took + time.Millisecond) // the pass has ended, the pause has not
				q.changed(session.TriggerWatch, []session.Key{passestest.Key(0)}, time.Now())
				synctest.Wait()
				ask(q)
			})
			if len(passes) < 2 || len(passes) > 3 {
				t.Fatalf("%d passes, want two, or three with one to open", len(passes))
			}
			if pause := passes[1].begin - passes[0].end; pause != time.Millisecond {
				t.Errorf("%s began after %v, want at once, after 1ms", passes[1].trigger, pause)
			}
		})
	}
}

// TestAnswerInPause sends an answer whose time is up although the loop pauses.
func TestAnswerInPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := refresh.SystemClock()
		l := New(Config{Clock: clock})
		w := newWaiter()
		l.waiting = []*unanswered{{answer: refresh.NewAnswer(refresh.Result{}), waiter: w, limit: 0}}
		l.pace.took(0, time.Second)
		l.next()
		select {
		case <-w.done:
		default:
			t.Error("no answer")
		}
	})
}

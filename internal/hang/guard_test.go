package hang

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const patience = time.Second

// told is what a Guard told.
type told struct {
	mu  sync.Mutex
	log []string
}

func (l *told) note(what string) func(string) {
	return func(key string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.log = append(l.log, what+" "+key)
	}
}

func (l *told) has(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if diff := cmp.Diff(want, l.log); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// guarded returns a Guard that notes what it tells.
func guarded(limit int) (*Guard[string], *told) {
	l := &told{}
	return New(limit, l.note("given up:"), l.note("came back:")), l
}

func TestDoReturnsWhatWorkDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := guarded(0)
		for range 3 {
			result := 0
			err := g.Do("a", patience, func(*Call) {
				time.Sleep(patience - time.Millisecond)
				result = 7
			})
			if err != nil || result != 7 {
				t.Errorf("result %d, %v", result, err)
			}
		}
		told.has(t)
	})
}

// TestGivenUp has work about one key hang: its caller waits for the patience and
// those who come later not at all, work about other keys goes on, and the key is
// left alone until all that hung has returned.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := guarded(0)
		release := []chan struct{}{make(chan struct{}), make(chan struct{})}
		start := time.Now()
		var waiting sync.WaitGroup
		for i := range release {
			waiting.Go(func() {
				err := g.Do("a", patience, func(c *Call) {
					<-release[i]
					if err := c.Step(); !errors.Is(err, ErrHung) {
						t.Errorf("work that was given up is told %v", err)
					}
				})
				took := time.Since(start)
				if !errors.Is(err, ErrHung) || took < patience || took > patience+patience/looks {
					t.Errorf("%v after %v", err, took)
				}
			})
		}
		waiting.Wait()
		waited := time.Since(start)
		told.has(t, "given up: a")
		for n, next := range release {
			if !g.Hangs("a") || g.Hangs("b") {
				t.Errorf("%d have returned; a hangs: %t, b hangs: %t", n, g.Hangs("a"), g.Hangs("b"))
			}
			if err := g.Do("a", patience, func(*Call) { t.Error("worked beside work that hangs") }); !errors.Is(err, ErrHung) {
				t.Errorf("beside work that hangs: %v", err)
			}
			if err := g.Do("b", patience, func(*Call) {}); err != nil {
				t.Errorf("work about another key: %v", err)
			}
			close(next)
			synctest.Wait()
		}
		told.has(t, "given up: a", "came back: a")
		if err := g.Do("a", patience, func(*Call) {}); err != nil {
			t.Errorf("after all came back: %v", err)
		}
		if since := time.Since(start); since != waited {
			t.Errorf("somebody waited for %v more", since-waited)
		}
		if len(g.hung) != 0 || g.all != 0 {
			t.Errorf("%v hangs, %d in all, want nothing", g.hung, g.all)
		}
	})
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := guarded(2)
		release := make(chan struct{})
		for _, key := range []string{"a", "b"} {
			if g.Hangs("c") {
				t.Errorf("too many hang before %s", key)
			}
			if err := g.Do(key, patience, func(*Call) { <-release }); !errors.Is(err, ErrHung) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if err := g.Do("c", patience, func(*Call) { t.Error("worked") }); !errors.Is(err, ErrHung) {
			t.Errorf("beyond the limit: %v", err)
		}
		close(release)
		synctest.Wait()
		if err := g.Do("c", patience, func(*Call) {}); err != nil {
			t.Errorf("below the limit again: %v", err)
		}
	})
}

// TestSteps has work take long in small steps, and then in one that is too long.
func TestSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := guarded(0)
		steps := func(last time.Duration) func(*Call) {
			return func(c *Call) {
				for range 9 {
					time.Sleep(patience * 9 / 10)
					if err := c.Step(); err != nil {
						t.Errorf("work that makes steps is told %v", err)
					}
				}
				time.Sleep(last)
			}
		}
		if err := g.Do("a", patience, steps(patience*9/10)); err != nil {
			t.Errorf("work that makes steps: %v", err)
		}
		told.has(t)
		start := time.Now()
		if err := g.Do("a", patience, steps(time.Hour)); !errors.Is(err, ErrHung) {
			t.Errorf("work that makes no steps any more: %v", err)
		}
		least := 9*patience*9/10 + patience
		if waited := time.Since(start); waited < least || waited > least+patience/looks {
			t.Errorf("given up after %v, want %v, or a quarter of the patience more", waited, least)
		}
		time.Sleep(time.Hour) // the work must end within the test
	})
}

// TestReturnsWhenGivenUp has work return at the moment at which it is given up: it
// is done or given up, never both and never neither.
func TestReturnsWhenGivenUp(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			g, told := guarded(0)
			err := g.Do("a", patience, func(*Call) { time.Sleep(patience) })
			synctest.Wait()
			if err == nil {
				told.has(t)
			} else {
				told.has(t, "given up: a", "came back: a")
			}
			if g.Hangs("a") {
				t.Error("it hangs for ever")
			}
		})
	}
}

// TestUndo has work return with something that has to be given back: it is taken by
// the caller or undone, and work whose undoing hangs has not returned.
func TestUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := guarded(0)
		undone, release := 0, make(chan struct{})
		open := func(after time.Duration) error {
			return g.Do("a", patience, func(c *Call) {
				time.Sleep(after)
				c.Undo(func() {
					<-release
					undone++
				})
			})
		}
		if err := open(patience / 2); err != nil {
			t.Errorf("work in time: %v", err)
		}
		if err := open(2 * patience); !errors.Is(err, ErrHung) {
			t.Errorf("work that takes too long: %v", err)
		}
		time.Sleep(2 * patience)
		if !g.Hangs("a") {
			t.Error("work is done before it is undone")
		}
		close(release)
		synctest.Wait()
		if g.Hangs("a") || undone != 1 {
			t.Errorf("undone %d times, want once; it hangs: %t", undone, g.Hangs("a"))
		}
		told.has(t, "given up: a", "came back: a")
	})
}

// TestProgress has a Guard tell while work gets on, when it returns and when it is
// given up, and not otherwise.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := guarded(0)
		grows := func(what string, want bool, do func()) {
			t.Helper()
			before := g.Progress()
			do()
			if grown := g.Progress() != before; grown != want {
				t.Errorf("%s: progress %t", what, grown)
			}
		}
		grows("work that returns", true, func() { _ = g.Do("a", patience, func(*Call) {}) })
		grows("work that is given up", true, func() {
			_ = g.Do("b", patience, func(*Call) { time.Sleep(2 * patience) })
		})
		grows("no work", false, func() { time.Sleep(time.Hour) })

		step, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			_ = g.Do("c", patience, func(c *Call) {
				<-step
				_ = c.Step()
				time.Sleep(patience - 1)
			})
		}()
		synctest.Wait()
		grows("work that has made no step", false, func() { time.Sleep(patience / 2) })
		grows("work that makes a step", true, func() {
			close(step)
			time.Sleep(patience/looks + 1)
		})
		<-done
	})
}

// TestManyAtOnce has work of different patience begin at any time: none is given up
// before its own patience is over, nor more than a quarter later, and no timer runs
// on afterwards.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New[int](0, nil, nil)
		var running sync.WaitGroup
		for i := range 100 {
			running.Go(func() {
				time.Sleep(time.Duration(i*i) * time.Millisecond)
				own := patience
				if i%3 == 0 {
					own = patience / 4
				}
				takes := time.Duration(i%17) * 100 * time.Millisecond
				begun := time.Now()
				err := g.Do(i, own, func(*Call) { time.Sleep(takes) })
				waited := time.Since(begun)
				switch {
				case err == nil && waited != takes, err == nil && takes > own+own/looks:
					t.Errorf("patience %v: work that takes %v returned after %v", own, takes, waited)
				case err != nil && (waited < own || waited > own+own/looks):
					t.Errorf("patience %v: work that takes %v was given up after %v", own, takes, waited)
				}
			})
		}
		running.Wait()
		time.Sleep(time.Hour)
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.every != 0 || len(g.active) != 0 || len(g.hung) != 0 || g.all != 0 {
			t.Errorf("looks every %v at %d, %d hang, want none", g.every, len(g.active), len(g.hung))
		}
	})
}

// TestDoAllocates bounds what a call costs beyond the work: the goroutine's function.
func TestDoAllocates(t *testing.T) {
	g := New[string](1, nil, nil)
	work := func(*Call) {}
	do := func() {
		if err := g.Do("a", time.Hour, work); err != nil {
			t.Error(err)
		}
	}
	if got := testing.AllocsPerRun(1000, do); got > 2 {
		t.Errorf("%v allocations a call, want 2 at most", got)
	}
}

package watcher

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is a lock that notes what it tells.
type told struct {
	*boundedLock
	mu  sync.Mutex
	log []string
}

func newTold() *told {
	tt := &told{}
	tt.boundedLock = newBoundedLock(func() { tt.note("given up") }, func() { tt.note("came back") })
	return tt
}

func (tt *told) note(what string) {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	tt.log = append(tt.log, what)
}

func (tt *told) has(t *testing.T, want ...string) {
	t.Helper()
	tt.mu.Lock()
	defer tt.mu.Unlock()
	if diff := cmp.Diff(want, tt.log); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestLockOneAtATime has several come at once.
func TestLockOneAtATime(t *testing.T) {
	tt := newTold()
	tt.patience = never
	working, done := 0, 0
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 200 {
				if !tt.do(func() { working++; done += working; working-- }) {
					t.Error("sent away")
				}
			}
		})
	}
	running.Wait()
	if done != 8*200 {
		t.Errorf("the work adds up to %d, want %d", done, 8*200)
	}
	tt.has(t)
}

// TestLockGivenUp has work hang while others wait for the lock: all are sent
// away when its patience ends, those who come later at once, and nobody's work is
// done before the one that hangs has come back.
func TestLockGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tt := newTold()
		release := make(chan struct{})
		start := time.Now()
		never := func() { t.Error("worked beside work that hangs") }
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if tt.do(func() { <-release }) {
				t.Error("work that hangs counts as done")
			}
		})
		synctest.Wait()
		for range 3 {
			time.Sleep(tt.patience / 5)
			waiting.Go(func() {
				if tt.do(never) {
					t.Error("work counts as done without the lock")
				}
			})
		}
		waiting.Wait()
		if waited := time.Since(start); waited != tt.patience {
			t.Errorf("sent away after %v, want %v", waited, tt.patience)
		}
		for range 3 {
			if tt.do(never) {
				t.Error("work counts as done without the lock")
			}
		}
		if waited := time.Since(start); waited != tt.patience {
			t.Errorf("who came later waited, too: %v", waited-tt.patience)
		}
		tt.has(t, "given up")

		close(release)
		tt.Lock() // after the work that hung
		tt.has(t, "given up", "came back")
		tt.Unlock()
		worked := false
		if !tt.do(func() { worked = true }) || !worked {
			t.Error("no lock after the work came back")
		}
		tt.has(t, "given up", "came back")
	})
}

// TestLockOfWorkThatGoesOn takes long in small steps, and then in one that is too long.
func TestLockOfWorkThatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tt := newTold()
		step := tt.patience - time.Millisecond
		work := func(last time.Duration) func() {
			return func() {
				for range 5 {
					time.Sleep(step)
					if err := tt.step(); err != nil {
						t.Errorf("work that goes on is told: %v", err)
					}
				}
				time.Sleep(last)
			}
		}
		if !tt.do(work(step)) {
			t.Error("given up although it went on")
		}
		tt.has(t)

		start := time.Now()
		if tt.do(work(never)) {
			t.Error("not given up although it went on no more")
		}
		if waited, want := time.Since(start), 5*step+tt.patience; waited < want || waited > want+tt.patience/4 {
			t.Errorf("given up after %v, want %v, or a quarter of the patience more", waited, want)
		}
		if err := tt.step(); err == nil {
			t.Error("work that was given up is not told so")
		}
		tt.Lock()
		tt.has(t, "given up", "came back")
		tt.Unlock()
	})
}

// TestLockInARow does work that is each time within patience, but not together.
func TestLockInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tt := newTold()
		var running sync.WaitGroup
		for range 4 {
			running.Go(func() {
				for range 3 {
					if !tt.do(func() { time.Sleep(tt.patience * 9 / 10) }) {
						t.Error("sent away")
					}
				}
			})
		}
		running.Wait()
		tt.has(t)
	})
}

// TestLockGivenUpWhenItReturns has work return in the moment in which its
// patience ends: it is done or given up, and never both.
func TestLockGivenUpWhenItReturns(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			tt := newTold()
			done := tt.do(func() { time.Sleep(tt.patience) })
			tt.Lock()
			if done {
				tt.has(t)
			} else {
				tt.has(t, "given up", "came back")
			}
			tt.Unlock()
			if !tt.do(func() {}) {
				t.Error("no lock afterwards")
			}
		})
	}
}

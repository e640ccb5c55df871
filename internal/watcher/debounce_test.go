package watcher

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	testDelay   = 25 * time.Millisecond
	testLongest = 250 * time.Millisecond
)

// arrival is an event that a debouncer gets, after the test began.
type arrival struct {
	at     time.Duration
	atOnce bool
}

// handed is what a debouncer's sink got: when, and which arrivals.
type handed struct {
	at   time.Duration
	what []int
}

// debounce has a debouncer deal with arrivals on a fake clock and returns what
// its sink got. Each call of the sink takes as long as hold.
func debounce(t *testing.T, arrivals []arrival, hold time.Duration) []handed {
	t.Helper()
	var got []handed
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := newDebouncer(testDelay, testLongest, func(h Change) {
			var what []int
			for file := range h.Files {
				var i int
				if _, err := fmt.Sscan(file.Name, &i); err != nil {
					t.Errorf("file %q was never put", file.Name)
				}
				what = append(what, i)
			}
			slices.Sort(what)
			got = append(got, handed{time.Since(start), what})
			time.Sleep(hold)
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.run(ctx) })
		for i, a := range arrivals {
			time.Sleep(time.Until(start.Add(a.at)))
			change := oneFile("a.b", fmt.Sprint(i))
			if a.atOnce {
				d.putAtOnce(change)
			} else {
				d.put(change)
			}
			synctest.Wait()
		}
		time.Sleep(2*testLongest + 2*hold)
		if d.gathering() {
			t.Error("still gathering after a long rest")
		}
		cancel()
		running.Wait()
	})
	return got
}

func TestDebounce(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	every := func(gap, end time.Duration) (arrivals []arrival) {
		for at := time.Duration(0); at < end; at += gap {
			arrivals = append(arrivals, arrival{at: at})
		}
		return arrivals
	}
	to := func(from, to int) (numbers []int) {
		for i := from; i <= to; i++ {
			numbers = append(numbers, i)
		}
		return numbers
	}
	tests := map[string]struct {
		arrivals []arrival
		hold     time.Duration
		want     []handed
	}{
		"a lone event goes on at once": {
			arrivals: []arrival{{at: ms(7)}},
			want:     []handed{{ms(7), to(0, 0)}},
		},
		"each after a quiet time": {
			arrivals: []arrival{{at: 0}, {at: ms(250)}, {at: ms(600)}},
			want:     []handed{{0, to(0, 0)}, {ms(250), to(1, 1)}, {ms(600), to(2, 2)}},
		},
		"those that follow are gathered": {
			arrivals: []arrival{{at: 0}, {at: ms(10)}, {at: ms(30)}},
			want:     []handed{{0, to(0, 0)}, {ms(55), to(1, 2)}},
		},
		"one that comes before it was quiet for long is delayed": {
			arrivals: []arrival{{at: 0}, {at: ms(249)}},
			want:     []handed{{0, to(0, 0)}, {ms(274), to(1, 1)}},
		},
		"a neighbour that never rests": {
			arrivals: every(ms(20), ms(600)),
			want:     []handed{{0, to(0, 0)}, {ms(270), to(1, 13)}, {ms(530), to(14, 26)}, {ms(605), to(27, 29)}},
		},
		"one that may not wait takes the gathered along": {
			arrivals: []arrival{{at: 0}, {at: ms(10)}, {at: ms(12), atOnce: true}, {at: ms(20)}},
			want:     []handed{{0, to(0, 0)}, {ms(12), to(1, 2)}, {ms(45), to(3, 3)}},
		},
		"what comes while the sink is busy": {
			arrivals: []arrival{{at: 0}, {at: ms(10)}, {at: ms(120)}},
			hold:     ms(300),
			want:     []handed{{0, to(0, 0)}, {ms(300), to(1, 2)}},
		},
		"one that may not wait is not put off by the next": {
			arrivals: []arrival{{at: 0}, {at: ms(240)}, {at: ms(245), atOnce: true}, {at: ms(290)}},
			hold:     ms(300),
			want:     []handed{{0, to(0, 0)}, {ms(300), to(1, 3)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := debounce(t, test.arrivals, test.hold)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(handed{})); diff != "" {
				t.Errorf("handed on (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDebounceLaw holds the debouncer against the contract's sentence: every
// event is in exactly one change, none waits longer than the longest time, and one
// that comes after a quiet time does not wait at all.
func TestDebounceLaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		gap := rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 60), rapid.IntRange(200, 300))
		arrivals := make([]arrival, rapid.IntRange(1, 60).Draw(rt, "events"))
		var at time.Duration
		for i := range arrivals {
			at += time.Duration(gap.Draw(rt, "gap")) * time.Millisecond
			arrivals[i] = arrival{at: at, atOnce: rapid.IntRange(0, 19).Draw(rt, "at once") == 0}
		}

		handedAt := make(map[int]time.Duration)
		for _, h := range debounce(t, arrivals, 0) {
			for _, i := range h.what {
				if _, again := handedAt[i]; again {
					rt.Fatalf("event %d was handed on twice", i)
				}
				handedAt[i] = h.at
			}
		}
		for i, a := range arrivals {
			at, found := handedAt[i]
			if !found {
				rt.Fatalf("event %d was lost", i)
			}
			waited := at - a.at
			if waited < 0 || waited > testLongest {
				rt.Fatalf("event %d waited %v", i, waited)
			}
			quiet := i == 0 || a.at-arrivals[i-1].at >= testLongest
			if (quiet || a.atOnce) && waited != 0 {
				rt.Fatalf("event %d must not wait, and waited %v", i, waited)
			}
			last := i == len(arrivals)-1 || arrivals[i+1].at-a.at > testDelay
			if last && waited > testDelay {
				rt.Fatalf("event %d was followed by none, and waited %v", i, waited)
			}
		}
	})
}

func TestGatheringUntilHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *debouncer
		called := 0
		d = newDebouncer(testDelay, testLongest, func(Change) {
			called++
			if !d.gathering() {
				t.Error("not gathering while the sink is called")
			}
		})
		d.put(Change{Cause: CauseEvent})
		if d.gathering() {
			t.Error("gathering a change that says nothing")
		}
		d.put(oneFile("a.b", "1"))
		if !d.gathering() {
			t.Error("not gathering although a change was put")
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.run(ctx) })
		synctest.Wait()
		if called != 1 || d.gathering() {
			t.Errorf("sink was called %d times, gathering %t; want once, and false", called, d.gathering())
		}
		cancel()
		running.Wait()
	})
}

// A change says when the first came of what it is made of.
func TestDebounceTellsSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var got []time.Duration
		d := newDebouncer(testDelay, testLongest, func(h Change) { got = append(got, h.Since.Sub(start)) })
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.run(ctx) })
		ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
		for _, at := range []int{0, 10, 20, 300} {
			time.Sleep(time.Until(start.Add(ms(at))))
			d.put(oneFile("a.b", "1"))
			synctest.Wait()
		}
		time.Sleep(2 * testLongest)
		cancel()
		running.Wait()
		if diff := cmp.Diff([]time.Duration{0, ms(10), ms(300)}, got); diff != "" {
			t.Errorf("since (-want +got):\n%s", diff)
		}
	})
}

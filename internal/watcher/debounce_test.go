package watcher

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
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

// arrival is an event that a debouncer gets, after the test began. What it is about
// is "" for the whole tree, "a" for a folder, "a/1" for a file.
type arrival struct {
	at     time.Duration
	about  string
	atOnce bool
}

func (a arrival) change() Change {
	folder, name, isFile := strings.Cut(a.about, "/")
	switch {
	case a.about == "":
		return rescanAll()
	case isFile:
		return oneFile(folder, name)
	default:
		return wholeFolder(folder)
	}
}

// handed is what a debouncer's sink got: when, about what, and since when.
type handed struct {
	at    time.Duration
	about string
	since time.Duration
}

// covers reports whether a look at what was handed on is a look at that, too.
func (h handed) covers(about string) bool {
	return h.about == "" || h.about == about || strings.HasPrefix(about, h.about+"/")
}

// names returns what a change is about.
func names(c Change) (about []string) {
	if c.All {
		about = append(about, "")
	}
	for folder := range c.Folders {
		about = append(about, folder)
	}
	for file := range c.Files {
		about = append(about, file.Folder+"/"+file.Name)
	}
	return about
}

// remembered counts the keys that a debouncer remembers.
func (d *debouncer) remembered() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, folder := range d.tree.children {
		n += 1 + len(folder.children)
	}
	return n
}

// debounce has a debouncer deal with arrivals on a fake clock and returns what its
// sink got, and how many keys it remembered at most.
func debounce(t *testing.T, arrivals []arrival) (got []handed, most int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := newDebouncer(testDelay, testLongest, func(c Change) {
			for _, about := range names(c) {
				got = append(got, handed{time.Since(start), about, c.Since.Sub(start)})
			}
		})
		for _, a := range arrivals {
			time.Sleep(time.Until(start.Add(a.at)))
			synctest.Wait() // for timers that fire now
			if a.atOnce {
				c := a.change()
				c.Since = time.Now()
				d.putAtOnce(c)
			} else {
				d.put(a.change())
			}
			most = max(most, d.remembered())
		}
		time.Sleep(2 * testLongest)
		synctest.Wait()
		if d.gathering() {
			t.Error("still gathering after a long rest")
		}
		if n := d.remembered(); n > 0 {
			t.Errorf("%d keys are remembered after a long rest", n)
		}
	})
	return got, most
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// series are events about one thing at these milliseconds.
func series(about string, at ...int) (arrivals []arrival) {
	for _, n := range at {
		arrivals = append(arrivals, arrival{at: ms(n), about: about})
	}
	return arrivals
}

// every are events about one thing at a steady pace.
func every(about string, gap, end int) (arrivals []arrival) {
	for at := 0; at < end; at += gap {
		arrivals = append(arrivals, arrival{at: ms(at), about: about})
	}
	return arrivals
}

// together puts several series in order.
func together(series ...[]arrival) []arrival {
	all := slices.Concat(series...)
	slices.SortStableFunc(all, func(a, b arrival) int { return int(a.at - b.at) })
	return all
}

func TestDebounce(t *testing.T) {
	tests := map[string]struct {
		arrivals []arrival
		want     []handed
	}{
		"a lone event goes on at once": {
			series("a/1", 7),
			[]handed{{ms(7), "a/1", ms(7)}},
		},
		"each after it was quiet": {
			series("a/1", 0, 25, 60),
			[]handed{{0, "a/1", 0}, {ms(25), "a/1", ms(25)}, {ms(60), "a/1", ms(60)}},
		},
		"those that follow are gathered": {
			series("a/1", 0, 10, 30),
			[]handed{{0, "a/1", 0}, {ms(55), "a/1", ms(10)}},
		},
		"one that follows before it was quiet": {
			series("a/1", 0, 24),
			[]handed{{0, "a/1", 0}, {ms(49), "a/1", ms(24)}},
		},
		"a file that never rests": {
			every("a/1", 20, 600),
			[]handed{{0, "a/1", 0}, {ms(270), "a/1", ms(20)}, {ms(530), "a/1", ms(280)}, {ms(605), "a/1", ms(540)}},
		},
		"beside one that never rests": {
			together(every("a/1", 20, 100), series("a/2", 5, 50), series("b", 15), series("b/1", 16)),
			[]handed{
				{0, "a/1", 0},
				{ms(5), "a/2", ms(5)},
				{ms(15), "b", ms(15)},
				{ms(16), "b/1", ms(16)},
				{ms(50), "a/2", ms(50)},
				{ms(105), "a/1", ms(20)},
			},
		},
		"a folder takes along what was gathered in it": {
			together(series("a/1", 0, 10), series("b/1", 0, 10), series("a", 12)),
			[]handed{{0, "a/1", 0}, {0, "b/1", 0}, {ms(12), "a", ms(10)}, {ms(35), "b/1", ms(10)}},
		},
		"the tree takes all along": {
			together(series("a/1", 0, 10), series("b", 0, 11), series("", 12)),
			[]handed{{0, "a/1", 0}, {0, "b", 0}, {ms(12), "", ms(10)}},
		},
		"a folder that never rests": {
			every("a", 10, 200),
			[]handed{{0, "a", 0}, {ms(215), "a", ms(10)}},
		},
		"one that may not wait": {
			[]arrival{{at: 0}, {at: ms(10)}, {at: ms(12), about: "a/1"}, {at: ms(12), atOnce: true}, {at: ms(20)}},
			[]handed{{0, "", 0}, {ms(12), "a/1", ms(12)}, {ms(12), "", ms(10)}, {ms(45), "", ms(20)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, _ := debounce(t, test.arrivals)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(handed{})); diff != "" {
				t.Errorf("handed on (-want +got):\n%s", diff)
			}
		})
	}
}

// drawArrivals draws events about some of these things.
func drawArrivals(rt *rapid.T, about ...string) []arrival {
	gap := rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 60), rapid.IntRange(200, 300))
	arrivals := make([]arrival, rapid.IntRange(1, 80).Draw(rt, "events"))
	var at time.Duration
	for i := range arrivals {
		at += ms(gap.Draw(rt, "gap"))
		arrivals[i] = arrival{at: at, about: rapid.SampledFrom(about).Draw(rt, "about")}
	}
	return arrivals
}

// TestDebounceLaw holds the debouncer against the contract's sentences: each event
// is followed by a look at what it is about, none waits longer than the longest
// time, or than the delay where none follows, and not at all where it was quiet.
func TestDebounceLaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		arrivals := drawArrivals(rt, "a/1", "a/2", "a/3", "b/1", "a", "b", "")
		for i := range arrivals {
			arrivals[i].atOnce = rapid.IntRange(0, 29).Draw(rt, "at once") == 0
		}
		got, _ := debounce(t, arrivals)
		if len(got) > len(arrivals) {
			rt.Fatalf("%d looks for %d events", len(got), len(arrivals))
		}
		for i, a := range arrivals {
			quiet, last := true, true
			for j, b := range arrivals {
				if b.about != a.about || b.atOnce {
					continue
				}
				quiet = quiet && (j >= i || a.at-b.at >= testDelay)
				last = last && (j <= i || b.at-a.at > testDelay)
			}
			limit := testLongest
			switch {
			case quiet || a.atOnce:
				limit = 0
			case last:
				limit = testDelay
			}
			seen := slices.ContainsFunc(got, func(h handed) bool {
				return h.covers(a.about) && h.since <= a.at && a.at <= h.at && h.at <= a.at+limit
			})
			if !seen {
				rt.Fatalf("event %d about %q at %v was not handed on within %v: %v", i, a.about, a.at, limit, got)
			}
		}
		for _, h := range got {
			if !slices.ContainsFunc(arrivals, func(a arrival) bool { return a.at == h.since && h.covers(a.about) }) {
				rt.Fatalf("%+v was handed on, and nothing happened then", h)
			}
		}
	})
}

// TestDebounceDelaysNobodyElse hands on a file's events as if there were no others.
func TestDebounceDelaysNobodyElse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		arrivals := drawArrivals(rt, "a/1", "a/2", "a/3", "b/1", "b/2")
		together, _ := debounce(t, arrivals)
		for _, about := range []string{"a/1", "a/2", "a/3", "b/1", "b/2"} {
			alone, _ := debounce(t, slices.DeleteFunc(slices.Clone(arrivals), func(a arrival) bool { return a.about != about }))
			beside := slices.DeleteFunc(slices.Clone(together), func(h handed) bool { return h.about != about })
			if diff := cmp.Diff(alone, beside, cmp.AllowUnexported(handed{}), cmp.Transformer("none", none)); diff != "" {
				rt.Fatalf("%s alone, and beside others (-want +got):\n%s", about, diff)
			}
		}
	})
}

// none makes no difference between no list and an empty one.
func none(h []handed) []handed { return append([]handed{}, h...) }

// TestDebounceIsBounded has more files and folders change than are remembered.
func TestDebounceIsBounded(t *testing.T) {
	files := func(folder string, from, to int) (about []string) {
		for i := from; i <= to; i++ {
			about = append(about, fmt.Sprintf("%s/%d", folder, i))
		}
		return about
	}
	at := func(when int, about []string) (arrivals []arrival) {
		for _, name := range about {
			arrivals = append(arrivals, arrival{at: ms(when), about: name})
		}
		return arrivals
	}
	var folders []string
	for i := range maxFolders + 1 {
		folders = append(folders, fmt.Sprint(i))
	}
	tests := map[string]struct {
		arrivals []arrival
		most     int
		// last is handed on after the at-once looks at all that is remembered.
		last []handed
	}{
		"as many files as are remembered": {
			at(0, files("a", 1, maxFiles)), maxFiles + 1, nil,
		},
		"one file more is the folder": {
			at(0, files("a", 1, maxFiles+1)), maxFiles + 1,
			[]handed{{0, "a", 0}},
		},
		"and what follows is about the folder, until it is quiet": {
			together(at(0, files("a", 1, maxFiles+1)), series("a/1", 10), series("a/999", 20), series("b/1", 20), series("a/1", 100)),
			maxFiles + 1,
			[]handed{{0, "a", 0}, {ms(20), "b/1", ms(20)}, {ms(45), "a", ms(10)}, {ms(100), "a/1", ms(100)}},
		},
		"with what was gathered": {
			together(at(0, files("a", 1, maxFiles)), series("a/1", 10), series("a/999", 20)), maxFiles + 1,
			[]handed{{ms(45), "a", ms(10)}},
		},
		"one folder more is the tree": {
			together(at(0, folders), series("7", 1), series("8/1", 2)), maxFolders,
			[]handed{{0, "", 0}, {ms(27), "", ms(1)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, most := debounce(t, test.arrivals)
			if most != test.most {
				t.Errorf("%d keys were remembered at most, want %d", most, test.most)
			}
			remembered := min(len(got), maxFiles)
			if strings.HasSuffix(name, "tree") {
				remembered = maxFolders
			}
			if diff := cmp.Diff(none(test.last), none(got[remembered:]), cmp.AllowUnexported(handed{})); diff != "" {
				t.Errorf("handed on in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDebounceOfStorm has names change that never were before, so fast that they
// are too many to be remembered: few looks, and none is lost.
func TestDebounceOfStorm(t *testing.T) {
	var arrivals []arrival
	for i := range 20000 {
		arrivals = append(arrivals, arrival{at: time.Duration(i) * 100 * time.Microsecond, about: fmt.Sprintf("a/%d", i)})
	}
	got, most := debounce(t, arrivals)
	if most > maxFiles+1 {
		t.Errorf("%d keys were remembered", most)
	}
	if len(got) > maxFiles+20 {
		t.Errorf("%d looks in two seconds", len(got))
	}
	next := 0
	for i, a := range arrivals {
		for next < len(got) && (got[next].at < a.at || !got[next].covers(a.about)) {
			next++
		}
		if next == len(got) {
			t.Fatalf("event %d was lost", i)
		}
		if waited := got[next].at - a.at; waited > testLongest {
			t.Fatalf("event %d waited %v", i, waited)
		}
	}
}

func TestGatheringUntilHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		d := newDebouncer(testDelay, testLongest, func(Change) { calls.Add(1) })
		for n, want := range []bool{false, true, true} {
			d.put(oneFile("a.b", "1"))
			if got := d.gathering(); got != want {
				t.Errorf("after event %d: gathering %t, want %t", n, got, want)
			}
		}
		d.putAtOnce(Change{})
		if calls.Load() != 1 {
			t.Errorf("the sink was called %d times, want once", calls.Load())
		}
		time.Sleep(testDelay)
		synctest.Wait()
		if calls.Load() != 2 || d.gathering() {
			t.Errorf("the sink was called %d times, gathering %t; want twice, and false", calls.Load(), d.gathering())
		}
		d.put(oneFile("a.b", "1"))
		d.put(oneFile("a.b", "1"))
		d.close()
		d.put(rescanAll())
		d.putAtOnce(rescanAll())
		time.Sleep(testLongest)
		if calls.Load() != 3 || d.gathering() {
			t.Errorf("closed: the sink was called %d times, gathering %t; want three times, and false", calls.Load(), d.gathering())
		}
	})
}

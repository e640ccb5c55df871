package seen

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

// A session was seen in the minute of its last check, and never in the future.
func TestAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := New()
		if !times.At(key(0)).IsZero() || !times.Since().IsZero() {
			t.Errorf("before anything, a session was seen at %v, and times are collected since %v", times.At(key(0)), times.Since())
		}
		times.Open("")
		time.Sleep(90 * time.Second)
		times.Note(key(0), time.Now())
		noted := time.Now().Truncate(time.Minute)
		time.Sleep(time.Hour)
		if got := times.At(key(0)); !got.Equal(noted) {
			t.Errorf("it was seen at %v, want %v", got, noted)
		}
		times.Note(key(1), time.Now().Add(time.Hour)) // by a clock that was set back since
		if got, now := times.At(key(1)), time.Now().Truncate(time.Minute); !got.Equal(now) {
			t.Errorf("what was seen in the future was seen at %v, want %v", got, now)
		}
		// Where one name ends and the other begins makes another session.
		a, b := session.Key{App: "x.y", ID: "za"}, session.Key{App: "x.yz", ID: "a"}
		if times.Note(a, time.Now()); !times.At(b).IsZero() {
			t.Errorf("%s was seen with %s", b, a)
		}
	})
}

// Checks note and lists ask at once, while the file is written.
func TestTogether(t *testing.T) {
	times := New()
	times.Open("")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := range 2000 {
				times.Note(key(n), time.Now())
				times.At(key(n + 1))
			}
		})
		all.Go(func() { times.count(keys(2000), true); times.all() })
	}
	all.Wait()
	if got := len(times.all()); got != 2000*entryBytes {
		t.Errorf("%d bytes are kept, want %d", got, 2000*entryBytes)
	}
}

// A check that notes a session that was seen before allocates nothing, and a session takes
// few bytes.
func TestCosts(t *testing.T) {
	times := New()
	const sessions = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	now := time.Now()
	for k := range keys(sessions) {
		times.Note(k, now)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapAlloc-before.HeapAlloc) / sessions
	t.Logf("%.1f bytes a session", each)
	if each > 48 {
		t.Errorf("a session takes %.1f bytes", each)
	}
	k := key(7)
	if allocs := testing.AllocsPerRun(1000, func() { times.Note(k, now) }); allocs != 0 {
		t.Errorf("to note a session allocates %v times", allocs)
	}
}

func BenchmarkNote(b *testing.B) {
	times := New()
	now, k := time.Now(), key(1)
	b.ReportAllocs()
	for b.Loop() {
		times.Note(k, now)
	}
}

// BenchmarkCount is what counting the ages of a million sessions and writing them takes.
func BenchmarkCount(b *testing.B) {
	times := New()
	now := time.Now()
	var all []session.Key
	for k := range keys(1_000_000) {
		times.Note(k, now)
		all = append(all, k)
	}
	for b.Loop() {
		times.count(func(yield func(session.Key) bool) {
			for _, k := range all {
				if !yield(k) {
					return
				}
			}
		}, true)
		times.all()
	}
}

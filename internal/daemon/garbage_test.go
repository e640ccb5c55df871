package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestGarbagePercent(t *testing.T) {
	const mib = 1 << 20
	for inUse, want := range map[uint64]int{
		0: 100, 1: 100, 5 * mib: 100, 16 * mib: 100, 32 * mib: 56, 64 * mib: 31, 700 * mib: 8, 1 << 40: 6,
	} {
		if got := garbagePercent(inUse); got != want {
			t.Errorf("%d MiB in use: %d percent, want %d", inUse/mib, got, want)
		}
	}
}

// What somebody set by the environment is not touched.
func TestGarbageIsLeftToGOGC(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	t.Setenv("GOGC", "50")
	g := newGarbage(os.LookupEnv)
	g.loading()
	g.loaded()
	g.changed()
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("it was set to %d", got)
	}
}

// allowed returns how much garbage may gather, in percent of what is in use.
func allowed() int { return int(tells("/gc/gogc:percent")) }

func tells(name string) uint64 {
	now := []metrics.Sample{{Name: name}}
	metrics.Read(now)
	return now[0].Value.Uint64()
}

// During the first load little is collected, until there turns out to be garbage.
func TestGarbageDuringTheFirstLoad(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	g := newGarbage(func(string) (string, bool) { return "", false })
	g.loading()
	if got := allowed(); got != garbageFirst {
		t.Errorf("%d percent, want %d", got, garbageFirst)
	}
	runtime.GC()
	until(t, "that little stays is noticed", func() bool { return allowed() == garbageDefault })

	stays := make([]byte, 40<<20)
	runtime.GC()
	for share, want := range map[uint64]int{3: garbageDefault, 1: int(100 * garbageLoading / tells("/gc/heap/live:bytes"))} {
		g.collected(share * tells("/gc/heap/live:bytes"))
		if got := allowed(); got != want {
			t.Errorf("one part in %d stays: %d percent, want %d", share, got, want)
		}
	}

	g.collected(tells("/gc/heap/live:bytes"))
	runtime.GC()
	until(t, "that less stays of more is noticed", func() bool { return allowed() == garbageDefault })

	// What the load changes does not end that; what is set after it stays.
	g.loading()
	g.changed()
	if got := allowed(); got != garbageFirst {
		t.Errorf("%d percent after a change, want %d", got, garbageFirst)
	}
	g.loaded()
	until(t, "the load is done", func() bool { return allowed() < garbageDefault })
	after := allowed()
	g.collected(0) // late
	if got := allowed(); got != after {
		t.Errorf("%d percent, want %d", got, after)
	}
	runtime.KeepAlive(stays)
}

// A tree in which nothing changes after the first load keeps no more garbage than
// another.
func TestGarbageOfTheFirstLoad(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	loaded := make([]byte, 64<<20)
	newGarbage(func(string) (string, bool) { return "", false }).loaded()
	until(t, "less garbage is allowed than by default", func() bool { return allowed() < 50 })
	runtime.KeepAlive(loaded)
}

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
	g.loaded()
	g.changed()
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("it was set to %d", got)
	}
}

// A tree in which nothing changes after the first load keeps no more garbage than
// another.
func TestGarbageOfTheFirstLoad(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	loaded := make([]byte, 64<<20)
	newGarbage(func(string) (string, bool) { return "", false }).loaded()
	now := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	until(t, "less garbage is allowed than by default", func() bool {
		metrics.Read(now)
		return now[0].Value.Uint64() < 50
	})
	runtime.KeepAlive(loaded)
}

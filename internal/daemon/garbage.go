package daemon

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// How much garbage may gather before it is collected. Go's default is as much as
// what is in use, which doubles what a million sessions take, although a
// collection costs little here: most of what there is are texts without pointers.
const (
	// garbageAtLeast is for a daemon with few sessions, in bytes: it need not
	// collect after each thousand requests.
	garbageAtLeast = 16 << 20
	// garbageShare is one part in so many of what is in use, for one with many.
	garbageShare = 16
	// garbageDefault is Go's own measure, in percent of what is in use.
	garbageDefault = 100
	// garbageFirst is Go's measure during the first load, in percent of the 4 MiB
	// that it takes for the least: nothing is collected below 32 MiB, since nearly
	// all that comes up stays.
	garbageFirst = 800
	// garbageLoading is for as long as that turns out to be so, in bytes, where what
	// stays is not more than that anyway.
	garbageLoading = 128 << 20
)

// garbagePercent returns how much garbage may gather beside so many bytes that
// are in use, in percent of them.
func garbagePercent(inUse uint64) int {
	allowed := garbageAtLeast + inUse/garbageShare
	return int(min(100*allowed/max(inUse, 1), garbageDefault))
}

// garbage keeps the process's memory near what its sessions take. A GOGC that
// somebody set is theirs, and so is GOMEMLIMIT in any case. Nil does nothing.
type garbage struct {
	mu      sync.Mutex // what follows the first load runs beside the loop
	loads   bool       // the first load is not done
	percent int        // that is set
	heap    []metrics.Sample
}

// Indices of heap.
const (
	heapInUse = iota // after the last collection
	heapGoal         // for the next one
)

func newGarbage(lookupEnv func(string) (string, bool)) *garbage {
	if _, set := lookupEnv("GOGC"); set {
		return nil
	}
	return &garbage{percent: garbageDefault, heap: []metrics.Sample{
		heapInUse: {Name: "/gc/heap/live:bytes"},
		heapGoal:  {Name: "/gc/heap/goal:bytes"},
	}}
}

// loading is called before the first load.
func (g *garbage) loading() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loads = true
	g.set(garbageFirst)
	g.afterCollection()
}

// afterCollection has the next collection looked at.
func (g *garbage) afterCollection() {
	runtime.AddCleanup(new([64]byte), g.collected, g.read(heapGoal))
}

// collected looks at what a collection of the first load has left, which was due at a
// goal of so many bytes. If most of that stays, there is hardly anything to collect, and
// the next one can wait as well; if not, it is as Go has it from then on.
func (g *garbage) collected(goal uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch inUse := g.read(heapInUse); {
	case !g.loads:
	case inUse > goal/2:
		g.set(max(int(100*garbageLoading/inUse), garbageDefault)) //nolint:gosec // more than half of the goal is in use
		g.afterCollection()
	default:
		g.set(garbageDefault)
	}
}

// loaded is called once the first load is done and forgotten. It has left more
// garbage than all that follows, so that is given back at once, and beside the
// loop: nobody waits for it.
func (g *garbage) loaded() {
	if g == nil {
		return
	}
	go func() {
		debug.FreeOSMemory()
		g.mu.Lock()
		g.loads = false
		g.mu.Unlock()
		g.changed()
	}()
}

// changed is called after a pass that changed something: as much garbage is
// allowed as befits what is in use.
func (g *garbage) changed() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.loads {
		return // once it is done
	}
	// To set it stops everything for a moment: small differences are not worth it.
	if percent := garbagePercent(g.read(heapInUse)); percent*5 < g.percent*4 || percent*4 > g.percent*5 {
		g.set(percent)
	}
}

// read returns how many bytes the heap has of something.
func (g *garbage) read(what int) uint64 {
	metrics.Read(g.heap)
	return g.heap[what].Value.Uint64()
}

func (g *garbage) set(percent int) {
	g.percent = percent
	debug.SetGCPercent(percent)
}

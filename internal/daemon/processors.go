package daemon

import "runtime"

// spareProcessors is how many goroutines may run beside those of a large pass. The
// calls of a pass are short, so Go never takes its processors away from it, nor asks
// the network in between: a reader would wait for up to 10 ms. With some to spare it
// is the kernel that shares the real processors out, which does not let readers wait
// for so long. Without a pass they would only make readers slower: for each request
// Go would wake threads that find nothing to do (docs/PERFORMANCE.md).
const spareProcessors = 2

// largePass is from how many files on a pass takes long enough for this, some ten
// milliseconds: to change the number stops everything for a moment.
const largePass = 10_000

// processors are how many Go may use at a time. A GOMAXPROCS that somebody set is
// theirs.
type processors struct {
	workers int // of a pass
	fixed   bool
}

func newProcessors(lookupEnv func(string) (string, bool)) processors {
	_, fixed := lookupEnv("GOMAXPROCS")
	if !fixed {
		runtime.SetDefaultGOMAXPROCS() // another daemon in the process may have added some
	}
	return processors{workers: runtime.GOMAXPROCS(0), fixed: fixed}
}

// widen makes room beside a pass.
func (p processors) widen() {
	if !p.fixed {
		runtime.GOMAXPROCS(p.workers + spareProcessors)
	}
}

// narrow takes it back. From then on Go follows the limits of the process's cgroup
// again.
func (p processors) narrow() {
	if !p.fixed {
		runtime.SetDefaultGOMAXPROCS()
	}
}

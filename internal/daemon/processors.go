package daemon

import "runtime"

// spareProcessors is how many goroutines may run beside those of a pass. The calls
// of a pass are short, so Go never takes its processors away from it, nor asks the
// network in between: a reader would wait for up to 10 ms. With some to spare it is
// the kernel that shares the real processors out, which does not let readers wait
// for so long (docs/PERFORMANCE.md).
const spareProcessors = 2

// shareProcessors makes room beside passes and returns how many workers they have. A
// GOMAXPROCS that somebody set is theirs.
func shareProcessors(lookupEnv func(string) (string, bool)) (workers int) {
	if _, set := lookupEnv("GOMAXPROCS"); set {
		return runtime.GOMAXPROCS(0)
	}
	runtime.SetDefaultGOMAXPROCS() // else each call would add some
	workers = runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(workers + spareProcessors)
	return workers
}

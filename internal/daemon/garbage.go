package daemon

import (
	"os"
	"runtime/debug"
)

// garbagePercent is how much garbage may gather before it is collected, in percent
// of what is in use. Go's default is 100, which doubles what a million sessions take;
// a collection costs little here, since most of what is in use has no pointers.
const garbagePercent = 25

// endLoad is called once after the first load. requests says that requests come all the
// time, as where tokens are checked: each makes some garbage, and collections at a quarter of
// what is in use would take a fifth of what a check costs. So the percentage is then Go's.
//
// Nearly all that the load allocates stays, so until then collections are as rare as Go has
// them, and what is left over is given back at once. A GOGC that is set in the environment is
// left alone.
func endLoad(requests bool) {
	if _, set := os.LookupEnv("GOGC"); !set && !requests {
		debug.SetGCPercent(garbagePercent)
	}
	debug.FreeOSMemory()
}

package mobileapps

// A full pass keeps all processors busy for a while, with calls that are far too
// short for Go or the kernel to take a processor away in between. Who asks for a
// session meanwhile would wait for up to some milliseconds, a hundred times as
// long as the answer takes. So the threads of a pass give way: they have a lower
// priority, and let the kernel choose anew after some files each.
const (
	// niceness is added to that of the process. Each is worth a quarter of the
	// processor (sched(7)): beside another program that wants all of it a full
	// pass gets a tenth, and is done all the same.
	niceness = 10
	// fewCalls are not worth it: what somebody has just edited is not to wait.
	fewCalls = 64
	// looksAtOnce and readsAtOnce are how many files are looked at, or read,
	// before the kernel chooses anew: some fifty microseconds' worth.
	looksAtOnce = 32
	readsAtOnce = 8
)

// GiveWay has calls about many files, from now on, give way to all else that the
// process does, or not any more. They can where the operating system has a way to
// do it and allows it.
func (b *Bounded) GiveWay(now bool) { b.givesWay.Store(now && b.mayGiveWay()) }

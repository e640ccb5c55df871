package mobileapps

// A full pass keeps all processors busy for a while, with calls that are far too
// short for Go or the kernel to take a processor away in between. Who asks for a
// session meanwhile would wait for up to some milliseconds, a hundred times as
// long as the answer takes. So the threads of a pass give way: they have a lower
// priority, and let the kernel choose anew after some files each.
const (
	// niceness is added to that of the process. Ten make a tenth of the weight
	// (sched(7)): beside another program of the same control group that wants all
	// of a processor a full pass gets that much of it, and is done all the same.
	niceness = 10
	// fewCalls are not worth it: what somebody has just edited is not to wait.
	fewCalls = 64
	// looksAtOnce is how many files are looked at before the kernel chooses anew:
	// some fifty microseconds' worth.
	looksAtOnce = 32
)

// GiveWay has listings and looks at many files, from now on, give way to all else
// that the process does, or not any more. They can where the operating system has a
// way to do it and allows it. Reads do not: a thread that judges holds what all
// others may have to wait for.
func (b *Bounded) GiveWay(now bool) { b.givesWay.Store(now && b.mayGiveWay()) }

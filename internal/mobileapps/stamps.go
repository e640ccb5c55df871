package mobileapps

import "time"

// A file must have the same signature before and after it is read (refresh contract,
// section 4). Where this kernel's clock makes the time stamps of a file system, its
// ctime after the read often tells that already: whatever changes a file sets it to
// the time of the change, and no program can set it otherwise. One from before the
// read was, then, the same before it, and there is no need to ask.
const (
	// stampTick is how far a time stamp may lie behind the change that it is of: the
	// coarsest are in whole seconds (ext3), the kernel's clock ticks every 10 ms, and
	// this leaves a margin.
	stampTick = 2500 * time.Millisecond
	// stampSlack is by how much the wall clock may have been set back: the margin
	// allows for it.
	stampSlack = 100 * time.Millisecond
)

// elapsed is how much time went by, as the wall clock and as the monotonic one have
// it. They differ where the wall clock was set.
type elapsed struct{ wall, mono time.Duration }

func elapsedSince(moment time.Time) elapsed {
	now := time.Now()
	return elapsed{wall: time.Duration(now.UnixNano() - moment.UnixNano()), mono: now.Sub(moment)}
}

// isOlder reports whether a signature that a file has now, some time after a moment,
// is from before that moment. Where the wall clock was set back since, it does not say
// so: a change could bear an old time. (A clock that was set back and forward again is
// not noticed: within one pass, with a write in between that nobody else sees.)
func isOlder(sig Signature, moment time.Time, since elapsed) bool {
	return since.wall > since.mono-stampSlack && sig.Ctime < moment.Add(-stampTick).UnixNano()
}

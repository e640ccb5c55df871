package mobileapps

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// lowered is a thread of low priority, which a goroutine keeps to itself as long
// as it lasts. The zero value is none.
type lowered struct {
	b    *Bounded
	from int // its niceness before
	to   int
}

// mayGiveWay reports whether a thread that lowers its priority may raise it again,
// as far as the kernel tells: by RLIMIT_NICE, or with CAP_SYS_NICE. To try it out
// would leave a thread behind that cannot.
func mayGiveWay() bool {
	counted, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return false
	}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NICE, &limit) == nil && limit.Cur >= uint64(counted) { //nolint:gosec // 1 to 40
		return true
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var capabilities [2]unix.CapUserData
	return unix.Capget(&header, &capabilities[0]) == nil && capabilities[0].Effective&(1<<unix.CAP_SYS_NICE) != 0
}

// giveWay begins to give way, if that was asked for and nothing hangs: what waits
// for the processor must not look as if it did, too.
func (f *boundedFolder) giveWay() lowered {
	if !f.b.givesWay.Load() || f.b.cannotGiveWay.Load() || f.pass.isShort() {
		return lowered{}
	}
	const highest = 20 // what the system call returns is counted down from it
	runtime.LockOSThread()
	counted, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	l := lowered{b: f.b, from: highest - counted, to: min(highest-counted+niceness, highest-1)}
	if err != nil || l.to <= l.from || !l.set(l.to) {
		runtime.UnlockOSThread()
		return lowered{}
	}
	return l
}

// let lets other threads go first: to lower its priority has the kernel choose
// anew. That is not what sched_yield(2) is for, after which other programs go
// first for as long as they like.
func (l lowered) let() {
	if l.b != nil {
		l.set(l.to - 1)
		l.set(l.to)
	}
}

// end raises the priority again. A thread that cannot ends with its goroutine, and
// is the last one.
func (l lowered) end() {
	switch {
	case l.b == nil:
	case l.set(l.from):
		runtime.UnlockOSThread()
	default:
		l.b.cannotGiveWay.Store(true)
	}
}

func (l lowered) set(niceness int) bool {
	return unix.Setpriority(unix.PRIO_PROCESS, 0, niceness) == nil
}

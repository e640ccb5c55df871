package mobileapps

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// lowered is a thread of low priority, which a goroutine keeps to itself as long
// as it lasts. The zero value is none.
type lowered struct {
	from int // its niceness before
	to   int
}

// mayGiveWay reports whether a thread that has lowered its priority may raise it
// again: that needs RLIMIT_NICE, or CAP_SYS_NICE.
func mayGiveWay() bool {
	answer := make(chan bool)
	go func() {
		runtime.LockOSThread()
		l, ok := lower()
		if ok = ok && l.set(l.from); ok {
			runtime.UnlockOSThread()
		} // or else the thread ends with the goroutine
		answer <- ok
	}()
	return <-answer
}

// lower lowers the priority of the calling thread.
func lower() (l lowered, ok bool) {
	const highest = 20 // what the system call returns is counted down from it
	counted, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return lowered{}, false
	}
	l.from = highest - counted
	l.to = min(l.from+niceness, 19)
	return l, l.to > l.from && l.set(l.to)
}

// giveWay begins to give way, if that was asked for.
func (b *Bounded) giveWay() lowered {
	if !b.givesWay.Load() {
		return lowered{}
	}
	runtime.LockOSThread()
	l, ok := lower()
	if !ok {
		runtime.UnlockOSThread()
		return lowered{}
	}
	return l
}

// let lets other threads go first: to lower its priority has the kernel choose
// anew. That is not what sched_yield(2) is for, after which other programs go
// first for as long as they like.
func (l lowered) let() {
	if l.to > l.from {
		l.set(l.to - 1)
		l.set(l.to)
	}
}

// end raises the priority again.
func (l lowered) end() {
	if l.to > l.from && l.set(l.from) {
		runtime.UnlockOSThread()
	}
}

func (l lowered) set(niceness int) bool {
	return unix.Setpriority(unix.PRIO_PROCESS, 0, niceness) == nil
}

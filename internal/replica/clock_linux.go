package replica

import (
	"time"

	"golang.org/x/sys/unix"
)

// SystemClock returns the time since the machine was started.
func SystemClock() time.Duration {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		// Not on any Linux that Go supports; a filter may refuse it.
		_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	}
	return time.Duration(now.Nano())
}

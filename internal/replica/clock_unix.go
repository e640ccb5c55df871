//go:build unix && !linux

package replica

import (
	"time"

	"golang.org/x/sys/unix"
)

// SystemClock returns the time since some moment. On macOS, CLOCK_MONOTONIC counts suspend.
func SystemClock() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Duration(now.Nano())
}

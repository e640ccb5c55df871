package replica

import (
	"time"

	"golang.org/x/sys/windows"
)

// SystemClock returns the time since the machine was started.
func SystemClock() time.Duration { return windows.DurationSinceBoot() }

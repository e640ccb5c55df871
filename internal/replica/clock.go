package replica

import "time"

// Clock returns how long ago some fixed moment was. It never goes back, and counts the
// time that the machine was suspended: a view from before is old.
type Clock func() time.Duration

package daemon

import (
	"sync/atomic"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/check"
)

// checkCounts counts what gateways were answered. It is safe for concurrent use.
type checkCounts struct{ allowed, denied, unavailable atomic.Uint64 }

func (c *checkCounts) note(result check.Result) {
	switch result {
	case check.Accepted:
		c.allowed.Add(1)
	case check.Unavailable:
		c.unavailable.Add(1)
	default:
		c.denied.Add(1)
	}
}

// checkedToken takes note of a check.
func (f *front) checkedToken(result check.Result, took time.Duration) {
	f.checkCounts.note(result)
	f.metrics.Checked(string(result), took)
}

// checks returns what gateways were answered, nil where tokens are not checked.
func (f *front) checks() *api.Checks {
	if len(f.checked) == 0 {
		return nil
	}
	c := &f.checkCounts
	return &api.Checks{Allowed: c.allowed.Load(), Denied: c.denied.Load(), Unavailable: c.unavailable.Load()}
}

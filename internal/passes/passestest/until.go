package passestest

import (
	"testing"
	"time"
)

// Deadline is how long a test waits for what must come.
const Deadline = 30 * time.Second

// Until waits for a state, and fails the test where it does not come.
func Until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(Deadline)
	for !reached() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("never: %s", what)
		}
	}
}

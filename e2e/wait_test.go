//go:build unix

package e2e

import "time"

// patience is how long a test waits for a state before it fails. It is no
// promise about speed: a busy machine must not make a test red.
const patience = 20 * time.Second

// eventually asks until the answer is yes, at ever longer intervals, and returns
// false where patience ends before that.
func eventually(ask func() bool) bool {
	deadline := time.Now().Add(patience)
	for pause := 5 * time.Millisecond; !ask(); pause = min(2*pause, 100*time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}

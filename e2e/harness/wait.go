//go:build unix

package harness

import "time"

// Patience is how long a test waits for a state before it fails. It is no
// promise about speed: a busy machine must not make a test red.
const Patience = time.Minute

// Eventually asks until the answer is yes, at ever longer intervals, and returns
// false where patience ends before that.
func Eventually(ask func() bool) bool {
	deadline := time.Now().Add(Patience)
	for pause := 5 * time.Millisecond; !ask(); pause = min(2*pause, 100*time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}

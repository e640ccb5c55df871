package control

import (
	"sync"
	"time"
)

const (
	// readingFor is how long after a request another one is expected.
	readingFor = time.Second
	// inARow is how soon after the one before it a request is one of many.
	inARow = 10 * time.Millisecond
)

// reads keeps up with the requests that ask for something, and do not ask the daemon
// to act.
type reads struct {
	mu     sync.Mutex
	latest time.Time // when the latest one came; zero: none did
	over   uint64    // the number of its connection
	inHand int       // how many are not answered yet, but for those that are followed
}

// begin notes that a request has come over a connection. It reports whether that is
// the only one in hand, and the one before it, a moment ago, came over the same
// connection: then one reader asks again and again. End is called when it is answered.
func (r *reads) begin(over uint64) (again bool) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	again = r.inHand == 0 && over == r.over && now.Sub(r.latest) < inARow
	r.latest, r.over = now, over
	r.inHand++
	return again
}

func (r *reads) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inHand--
}

// reading reports whether a request came a moment ago.
func (r *reads) reading() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.latest) < readingFor
}

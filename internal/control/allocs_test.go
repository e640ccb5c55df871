package control_test

import "testing"

// What an answer costs beyond what net/http itself takes for the same bytes is a
// few allocations: for the key, the route and the way to the answer, not for what
// the session says.
func TestAllocationsOfOneSession(t *testing.T) {
	const most = 6
	both := newBench(t)
	ours := testing.AllocsPerRun(1000, func() { both.ours.ask(t) })
	bare := testing.AllocsPerRun(1000, func() { both.bare.ask(t) })
	if ours > bare+most {
		t.Errorf("%v allocations for a session, %v for a bare handler; want at most %d more", ours, bare, most)
	}
}

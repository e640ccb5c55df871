//go:build browser && linux

package browser

import (
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// The overview of a follower says whose sessions these are and when they last changed, and
// nothing of files that it has not checked or of a 4D server that it does not tell.
func TestFollowerOverview(t *testing.T) {
	t.Parallel()
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	w := newNorth(t, b)
	south := w.follows(b, "south")
	p := newPage(t, look{})
	p.show(south)
	for _, text := range []string{"What node north showed last is here.", "Last change", "Follows node"} {
		p.shows(text)
	}
	for _, text := range []string{"4D server", "Last check", "0 files in", "what the files say"} {
		p.hides(text)
	}
	p.accessible("the overview of a follower")

	b.Kill()
	w.daemon.Reach(t, "alone", func(s *api.Status) bool { return s.Replica.State == "away" })
	at := newPage(t, look{})
	at.show(w.consoleProcess)
	at.shows("Last check")
	at.shows("The NATS servers do not answer.")
	at.accessible("an authority whose servers are away")
}

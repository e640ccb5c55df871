//go:build browser && linux

package browser

import (
	"testing"

	"sessiond/e2e/harness"
)

// newNorth starts an authority, whose followers at south may change sessions, with its
// console.
func newNorth(t testing.TB, b *harness.Broker) *world {
	t.Helper()
	return newWorld(t, office(t), "--admit", "follow", "--publish", b.URL(), "--replica-node", "north", "--replica-editors", "south")
}

// follows starts a follower with its console, which needs none of the files.
func (w *world) follows(b *harness.Broker, node string) *consoleProcess {
	w.t.Helper()
	d := harness.Setting{}.Begin(w.t, "", "--follow", b.URL(), "--replica-node", node, "--stale-after", "1s")
	harness.Must(w.t, d.AwaitReady())
	d.Loads(w.t, len(people()))
	return startConsole(w.t, d)
}

// At a follower people do what they do where the files are: it is done there, and seen here.
// What is not to be had here says where it is.
func TestFollower(t *testing.T) {
	t.Parallel()
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	w := newNorth(t, b)
	south := w.follows(b, "south")
	p := newPage(t, look{})
	p.show(south)
	p.shows("Follows node")
	p.hides("4D server") // which the authority tells, or does not
	for _, h := range []hands{mouse{p}, keyboard{p}} {
		h.press("link", "Pending.*")
		h.press("button", "Accept Chloé's iPhone.*")
		w.says(2, `"status": "accepted"`)
		w.audited(`"action":"accept"`, `"node":"south"`, `"client":"console"`)
		h.press("button", "Undo")
		w.says(2, `"status": "pending"`)
	}
	h := mouse{p}
	h.press("link", "Sessions.*")
	h.press("link", "Bruno's iPad")
	p.shows("It is at node north")
	p.accessible("a session at a follower")
	h.press("button", "Change e-mail")
	h.write("textbox", "E-mail.*", "bruno@example.net")
	h.press("button", "Save")
	w.says(1, "bruno@example.net")
	p.key("Escape")

	h.press("button", "Log out Pixel 10.*")
	h.press("button", "Log out")
	w.lacks(3)
	p.shows("It can be restored at node north.")
	p.gone("button", "Undo")
	h.press("checkbox", "Select Galaxy S25.*")
	h.press("checkbox", "Select Gunnar's iPad.*")
	h.press("button", "Log out")
	h.press("button", "Log out 2 sessions")
	w.lacks(6)
	w.lacks(8)
	p.shows("2 sessions logged out. It can be restored at node north.")
	p.gone("button", "Undo")
	p.key("Escape")

	h.press("link", "Pending.*")
	p.find("heading", "Pending") // the view before it has a search, too
	h.write("searchbox", "Search.*", "example.org")
	p.gone("link", "Warehouse 3")
	h.press("button", "Accept all 2.*")
	h.press("button", "Accept 2 sessions")
	p.shows("2 sessions accepted.")
	w.says(2, `"status": "accepted"`)
	w.says(7, `"status": "accepted"`)
	h.press("button", "Undo")
	w.says(2, `"status": "pending"`)

	for _, view := range []string{"Trash", "Audit"} {
		h.press("link", view)
		p.shows("Not on this machine")
		p.shows("It is at node north")
		p.gone("searchbox", "")
		p.accessible(view + " at a follower")
	}
	// Where the audit is, a follower's user is not taken for one of this machine.
	at := newPage(t, look{})
	at.show(w.consoleProcess)
	mouse{at}.press("link", "Audit")
	at.shows("node south, which claims:")
}

// A follower that may change nothing offers nothing, and says which setting says so.
func TestFollowerMayNotEdit(t *testing.T) {
	t.Parallel()
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	w := newNorth(t, b)
	p := newPage(t, look{})
	p.show(w.follows(b, "west"))
	p.shows("No changes from this machine")
	p.shows("replica-editors")
	mouse{p}.press("link", "Pending.*")
	p.shows("No changes from this machine")
	p.gone("button", "Accept.*")
	p.accessible("a follower that may not edit")
}

// Without the servers between them, the page says from when it is, and that nothing was
// done. When they are back, so is all.
func TestFollowerAlone(t *testing.T) {
	t.Parallel()
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	w := newNorth(t, b)
	p := newPage(t, look{})
	p.show(w.follows(b, "south"))
	h := mouse{p}
	h.press("link", "Pending.*")
	p.find("button", "Accept Chloé's iPhone.*")
	b.Kill()
	p.shows("What you see is how it was at")
	p.accessible("an old view")
	h.press("button", "Accept Chloé's iPhone.*")
	p.shows("The machine with the files does not answer")
	p.shows("Nothing was changed.")
	p.key("Escape")
	p.forgive() // that it was refused
	harness.Must(t, b.Start())
	p.hides("What you see is how it was at")
	h.press("button", "Accept Chloé's iPhone.*")
	w.says(2, `"status": "accepted"`)
}

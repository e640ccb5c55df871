//go:build browser && linux

package browser

import (
	"os"
	"testing"

	"sessiond/e2e/harness"
)

// mostClicks is how many clicks a daily task takes at most, from the first view on. What
// is typed, Return among it, is not counted.
const mostClicks = 3

// counting is a mouse that counts its clicks.
type counting struct {
	mouse
	clicks int
}

func (c *counting) press(role, pattern string) {
	c.t.Helper()
	c.clicks++
	c.mouse.press(role, pattern)
}

func (c *counting) write(role, pattern, text string) {
	c.t.Helper()
	c.clicks++ // into the field
	c.mouse.write(role, pattern, text)
}

// The tasks of each day take as many clicks as docs/CONSOLE.md says.
func TestClicks(t *testing.T) {
	t.Parallel()
	for _, task := range []struct {
		name   string
		clicks int
		do     func(w *world, h *counting)
	}{
		{"who is logged in to an app", 1, func(_ *world, h *counting) {
			h.press("link", "Tasks")
			h.shows("Galaxy S25")
		}},
		{"accept", 2, func(w *world, h *counting) {
			h.press("link", "Pending.*")
			h.press("button", "Accept Chloé's iPhone.*")
			w.says(2, `"status": "accepted"`)
		}},
		{"log out", 3, func(w *world, h *counting) {
			h.press("link", "Sessions.*")
			h.press("button", "Log out Pixel 10.*")
			h.press("button", "Log out")
			w.lacks(3)
		}},
		{"change an address", 3, func(w *world, h *counting) {
			h.press("link", "Sessions.*")
			h.press("link", "Bruno's iPad")
			h.press("button", "Change e-mail")
			h.find("textbox", "E-mail.*") // has the focus
			h.replace("bruno@example.net")
			h.key("Enter")
			w.says(1, "bruno@example.net")
		}},
		{"why somebody was logged out", 2, func(w *world, h *counting) {
			harness.Must(w.t, os.Remove(w.file(6)))
			w.daemon.Loads(w.t, len(people())-1)
			h.press("link", "Audit")
			h.write("searchbox", ".*mail.*", "eva@example.com")
			h.shows("file deleted")
		}},
		{"accept a domain", 3, func(w *world, h *counting) {
			h.press("link", "Pending.*")
			h.write("searchbox", "Search.*", "example.org")
			h.gone("link", "Warehouse 3")
			h.press("button", "Accept all 2.*")
			h.find("button", "Accept 2 sessions") // has the focus
			h.key("Enter")
			w.says(2, `"status": "accepted"`)
			w.says(7, `"status": "accepted"`)
		}},
		{"devices with several sessions", 1, func(_ *world, h *counting) {
			h.press("link", "Duplicates")
			h.shows("Ida's Pixel 9")
		}},
		{"which files are broken", 1, func(_ *world, h *counting) {
			h.press("link", "Rejected.*")
			h.shows("line 3, column 12")
		}},
	} {
		t.Run(task.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, office(t))
			p := newPage(t, look{})
			p.show(w.consoleProcess)
			h := &counting{mouse: mouse{p}}
			task.do(w, h)
			if h.clicks != task.clicks || h.clicks > mostClicks {
				t.Errorf("takes %d clicks, want %d, and never more than %d", h.clicks, task.clicks, mostClicks)
			}
		})
	}
}

//go:build browser && linux

package browser

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

// task is what somebody does on the page, in steps that name what is pressed.
type task struct {
	name string
	do   func(w *world, p *page, h hands)
}

// What people do all day, by mouse, and again by keyboard alone. What a task changes is
// looked for in the files.
func TestTasks(t *testing.T) {
	t.Parallel()
	for _, task := range allTasks() {
		for _, by := range []string{"mouse", "keyboard"} {
			t.Run(task.name+" by "+by, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, office(t))
				p := newPage(t, look{})
				p.show(w.consoleProcess)
				if by == "mouse" {
					task.do(w, p, mouse{p})
				} else {
					task.do(w, p, keyboard{p})
				}
			})
		}
	}
}

func allTasks() []task {
	return []task{
		{"accept", func(w *world, p *page, h hands) {
			h.press("link", "Pending.*")
			h.press("button", "Accept Chloé's iPhone.*")
			w.says(2, `"status": "accepted"`)
			p.find("button", "Undo")
			w.audited(`"action":"accept"`, `"claimed":{"client":"console"}`)
		}},
		{"hold, and undo it", func(w *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.press("button", "Hold Anna's iPhone.*")
			w.says(0, `"status": "pending"`)
			h.press("button", "Undo")
			w.says(0, `"status": "accepted"`)
		}},
		{"log out with a reason, and undo it", func(w *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.press("button", "Log out Pixel 10.*")
			h.write("textbox", "Reason.*", "the phone was lost")
			h.press("button", "Log out")
			w.lacks(3)
			w.audited(`"action":"delete"`, `"reason":"the phone was lost"`)
			h.press("button", "Undo")
			w.says(3, "dieter@example.com")
		}},
		{"change an address", func(w *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.press("link", "Bruno's iPad")
			h.press("button", "Change e-mail")
			h.write("textbox", "E-mail.*", "bruno@example.net")
			h.press("button", "Save")
			w.says(1, "bruno@example.net")
		}},
		{"see who uses an app", func(_ *world, p *page, h hands) {
			h.press("link", "Tasks")
			p.shows("Galaxy S25")
			p.hides("Anna's iPhone")
		}},
		{"find somebody", func(_ *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.write("searchbox", "Search.*", "gunnar")
			p.gone("link", "Anna's iPhone")
			p.find("link", "Gunnar's iPad")
		}},
		{"learn why somebody was logged out", func(w *world, p *page, h hands) {
			harness.Must(w.t, os.Remove(w.file(6)))
			w.daemon.Loads(w.t, len(people())-1)
			h.press("link", "Audit")
			h.write("searchbox", ".*mail.*", "eva@example.com")
			p.shows("file deleted")
		}},
		{"accept all of a domain that wait, and undo it", func(w *world, p *page, h hands) {
			h.press("link", "Pending.*")
			h.write("searchbox", "Search.*", "example.org")
			p.gone("link", "Warehouse 3")
			h.press("button", "Accept all 2.*")
			h.press("button", "Accept 2 sessions")
			p.shows("2 sessions accepted.")
			w.says(2, `"status": "accepted"`)
			w.says(7, `"status": "accepted"`)
			w.says(4, `"status": "pending"`) // the one without an address
			w.audited(`"action":"accept"`, `"claimed":{"client":"console"}`)
			h.press("button", "Undo")
			w.says(2, `"status": "pending"`)
			w.says(7, `"status": "pending"`)
		}},
		{"log several out", func(w *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.press("checkbox", "Select Pixel 10.*")
			h.press("checkbox", "Select Galaxy S25.*")
			p.shows("2 selected")
			h.press("button", "Log out")
			h.press("button", "Log out 2 sessions")
			w.lacks(3)
			w.lacks(6)
			p.shows("2 sessions logged out.")
		}},
		{"log out the older sessions of a device, and undo it", func(w *world, p *page, h hands) {
			h.press("link", "Duplicates")
			p.shows("Same device")
			p.shows("Looks alike")
			h.press("button", "Log out the 2 older ones.*")
			h.press("button", "Log out 2 sessions")
			w.lacks(9)
			w.lacks(10)
			w.says(11, "ida@example.net") // the newest
			w.says(12, "jonas@example.net")
			p.shows("2 sessions logged out.")
			h.press("button", "Undo")
			w.says(9, "ida@example.net")
			w.says(10, "Ida@example.net")
		}},
		{"see what is wrong with a file, and delete it", func(w *world, p *page, h hands) {
			h.press("link", "Rejected.*")
			p.shows("line 3, column 12")
			key := harness.KeyOf(contacts, "broken")
			h.press("button", "Delete the file of .*"+key.ID[:8]+".*")
			h.press("button", "Delete 1 file")
			w.eventually("the file is gone", func() bool { return !harness.Exists(harness.FileOf(w.root, key)) })
		}},
		{"restore from the trash", func(w *world, p *page, h hands) {
			h.press("link", "Sessions.*")
			h.press("button", "Log out Warehouse 3.*")
			h.press("button", "Log out")
			w.lacks(4)
			h.press("link", "Trash.*")
			h.press("button", "Restore Warehouse 3.*")
			w.says(4, "Warehouse 3")
		}},
	}
}

// file returns where the file of the nth person is.
func (w *world) file(n int) string {
	person := people()[n]
	return harness.FileOf(w.root, person.key())
}

// says waits until the file of the nth person has a text.
func (w *world) says(n int, text string) {
	w.t.Helper()
	w.eventually(w.file(n)+" has "+text, func() bool {
		return harness.Exists(w.file(n)) && strings.Contains(read(w.t, w.file(n)), text)
	})
}

// lacks waits until the file of the nth person is gone.
func (w *world) lacks(n int) {
	w.t.Helper()
	w.eventually(w.file(n)+" is gone", func() bool { return !harness.Exists(w.file(n)) })
}

// audited waits for a line of the audit that has all of some texts.
func (w *world) audited(texts ...string) {
	w.t.Helper()
	w.eventually("the audit has "+strings.Join(texts, " and "), func() bool {
		for line := range strings.Lines(read(w.t, w.folder+"/audit.jsonl")) {
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
				return true
			}
		}
		return false
	})
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	if !harness.Eventually(is) {
		w.t.Fatalf("waited in vain until %s", what)
	}
}

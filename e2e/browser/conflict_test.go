//go:build browser && linux

package browser

import (
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

// Where a file is not what the page shows, both are shown, and whoever asked decides. What
// another program has written is not lost.
func TestConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t), "--watch", "off") // which finds no change by itself
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	p.visit(w, "pending")
	chloe := people()[2]
	harness.Must(t, harness.Replace(w.file(2), chloe.content().With("email", "other@example.com").Bytes()))
	h := mouse{p}
	h.press("button", "Accept Chloé.*")
	p.shows("Somebody else has changed this session")
	for _, value := range []string{"chloe@example.org", "other@example.com"} {
		if !eval[bool](p, `document.querySelector("dialog[open]").innerText.includes("`+value+`")`) {
			t.Errorf("the conflict does not show %s:\n%s", value, p.text())
		}
	}
	p.accessible("a conflict")
	h.press("button", "Leave it as it is")
	p.gone("dialog", ".*changed.*")
	if text := read(t, w.file(2)); !strings.Contains(text, `"pending"`) {
		t.Errorf("it was left, and is %s", text)
	}
	h.press("button", "Accept Chloé.*")
	p.find("dialog", ".*changed.*")
	h.press("button", "Accept")
	w.says(2, `"accepted"`)
	w.says(2, "other@example.com")
}

// Two people who change the same session are told of each other.
func TestTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t))
	one, other := newPage(t, look{}), newPage(t, look{})
	for _, p := range []*page{one, other} {
		p.show(w.consoleProcess)
		p.visit(w, "sessions")
		mouse{p}.press("link", "Bruno's iPad")
		mouse{p}.press("button", "Change e-mail")
	}
	mouse{one}.write("textbox", "E-mail.*", "one@example.com")
	mouse{one}.press("button", "Save")
	w.says(1, "one@example.com")
	mouse{other}.write("textbox", "E-mail.*", "other@example.com")
	mouse{other}.press("button", "Save")
	other.shows("Somebody else has changed this session")
	other.shows("one@example.com")
	mouse{other}.press("button", "Save")
	w.says(1, "other@example.com")
	one.shows("other@example.com")
}

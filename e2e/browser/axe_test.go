//go:build browser && linux

package browser

import (
	"fmt"
	"testing"

	"sessiond/e2e/harness"
)

// axeSource is what npm has installed (package.json).
const axeSource = "node_modules/axe-core/axe.min.js"

// violation is what axe finds against an accessible page.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string `json:"failureSummary"`
	}
}

// accessible fails the test where axe finds something in what the page shows.
func (p *page) accessible(what string) {
	p.t.Helper()
	eval[bool](p, read(p.t, axeSource)+"; true")
	found := eval[[]violation](p, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) => r.violations)`)
	for _, v := range found {
		for _, node := range v.Nodes {
			p.t.Errorf("%s: %s (%s): %s\n%s", what, v.ID, v.Help, node.HTML[:min(len(node.HTML), 300)], node.FailureSummary)
		}
	}
}

// No view, dialog or message has what axe takes for a fault, in light nor in dark, wide nor
// narrow.
func TestAccessible(t *testing.T) {
	t.Parallel()
	for _, as := range []look{{}, {dark: true}, {width: 320, height: 640}, {width: 320, height: 640, dark: true}} {
		t.Run(fmt.Sprintf("width %d, dark %v", as.width, as.dark), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, office(t))
			p := newPage(t, as)
			p.show(w.consoleProcess)
			h := mouse{p}
			for _, view := range views() {
				p.visit(w, view)
				p.accessible(view)
			}
			p.visit(w, "sessions")
			h.press("checkbox", "Select Anna's iPhone.*")
			p.accessible("a selection")
			h.press("link", "Anna's iPhone")
			p.find("dialog", ".*")
			p.shows("History")
			p.accessible("the drawer")
			h.press("button", "Change e-mail")
			p.find("textbox", "E-mail.*")
			p.accessible("the dialog of an address")
			p.key("Escape")
			p.key("Escape")
			h.press("button", "Log out Pixel 10.*")
			p.find("textbox", "Reason.*")
			p.accessible("the dialog of a log-out")
			h.press("button", "Log out")
			p.find("button", "Undo")
			p.accessible("what was done")
			harness.Must(t, w.daemon.Stop())
			p.shows("cannot be reached")
			p.accessible("without a daemon")
		})
	}
}

// visit goes to a view and waits until it has read what it shows.
func (p *page) visit(w *world, view string) {
	p.t.Helper()
	p.open(w.base + "#/" + view)
	p.until("the view "+view, `document.querySelector("nav [aria-current=page]")?.dataset.view === "`+view+`" && document.querySelector("main h1") !== null && document.querySelector("main [aria-busy=true]") === null`)
}

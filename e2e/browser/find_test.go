//go:build browser && linux

package browser

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sessiond/e2e/harness"
)

// call runs a command of the browser's protocol in a page.
func call[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// element is what a person finds in a page: by role and name.
type element struct {
	p          *page
	role, name string
	node       cdp.BackendNodeID
}

// all returns the elements of a role whose whole name matches a pattern, in the order of
// the page; an empty pattern matches every name. It asks the tree of a screen reader.
func (p *page) all(role, pattern string) []element {
	p.t.Helper()
	if pattern == "" {
		pattern = ".*"
	}
	wanted := regexp.MustCompile("(?s)^(?:" + pattern + ")$")
	document, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"})
	harness.Must(p.t, err)
	found, err := chromedp.Call(p.ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: document.Result.ObjectID, Role: role})
	if err != nil {
		return nil // the page is another one by now
	}
	var all []element
	for _, node := range found.Nodes {
		if name := textOf(node.Name); !node.Ignored && wanted.MatchString(name) {
			all = append(all, element{p, role, name, node.BackendDOMNodeID})
		}
	}
	return all
}

// textOf returns a value of the tree of a screen reader, as a text.
func textOf(v *accessibility.Value) string {
	var text string
	if v == nil || json.Unmarshal(v.Value, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// find waits for an element, the first where there are several.
func (p *page) find(role, pattern string) element {
	p.t.Helper()
	var found []element
	if !harness.Eventually(func() bool { found = p.all(role, pattern); return len(found) > 0 }) {
		p.t.Fatalf("there is no %s %q in\n%s\nbut %q", role, pattern, p.text(), p.names(role))
	}
	return found[0]
}

// gone waits until there is no such element.
func (p *page) gone(role, pattern string) {
	p.t.Helper()
	if !harness.Eventually(func() bool { return len(p.all(role, pattern)) == 0 }) {
		p.t.Fatalf("there is still a %s %q in\n%s", role, pattern, p.text())
	}
}

// names returns the names of all elements of a role.
func (p *page) names(role string) (names []string) {
	p.t.Helper()
	for _, e := range p.all(role, "") {
		names = append(names, e.name)
	}
	return names
}

// center returns where the middle of an element is on the screen, once it is in view and
// has come to rest.
func (e element) center() (x, y float64) {
	e.p.t.Helper()
	call(e.p, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: e.node})
	quads := call(e.p, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: e.node}).Quads
	if len(quads) == 0 {
		e.p.t.Fatalf("the %s %q is not to be seen", e.role, e.name)
	}
	for corner := 0; corner < 8; corner += 2 {
		x += quads[0][corner] / 4
		y += quads[0][corner+1] / 4
	}
	return x, y
}

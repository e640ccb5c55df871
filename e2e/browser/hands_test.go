//go:build browser && linux

package browser

import (
	"regexp"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sessiond/e2e/harness"
)

// hands use a page, by mouse or by keyboard.
type hands interface {
	// press activates a button, a link or a check box.
	press(role, pattern string)
	// write puts a text in a field in place of what it has.
	write(role, pattern, text string)
}

// mouse uses a page by mouse, and by keyboard only to write.
type mouse struct{ *page }

// keyboard uses a page by keyboard alone.
type keyboard struct{ *page }

func (m mouse) press(role, pattern string) {
	m.t.Helper()
	x, y := m.find(role, pattern).center()
	click(m.page, x, y)
}

func (m mouse) write(role, pattern, text string) {
	m.t.Helper()
	x, y := m.find(role, pattern).center()
	click(m.page, x, y)
	m.replace(text)
}

// click clicks at a place.
func click(p *page, x, y float64) {
	p.t.Helper()
	call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1})
	}
}

func (k keyboard) press(role, pattern string) {
	k.t.Helper()
	k.reach(role, pattern)
	if role == "checkbox" {
		k.key(" ")
		return
	}
	k.key("Enter")
}

func (k keyboard) write(role, pattern, text string) {
	k.t.Helper()
	k.reach(role, pattern)
	k.replace(text)
}

// mostSteps is how often Tab is pressed to get anywhere in a page.
const mostSteps = 400

// reach goes to an element by Tab. Where the focus is cannot be seen by a person unless
// something shows it.
func (k keyboard) reach(role, pattern string) {
	k.t.Helper()
	k.find(role, pattern)
	wanted := regexp.MustCompile("(?s)^(?:" + pattern + ")$")
	for range mostSteps {
		if now := k.focused(); now.role == role && (pattern == "" || wanted.MatchString(now.name)) {
			if !eval[bool](k.page, `document.activeElement.matches(":focus-visible") && (getComputedStyle(document.activeElement).outlineStyle !== "none" || getComputedStyle(document.activeElement).boxShadow !== "none")`) {
				k.t.Errorf("nothing shows that the %s %q has the focus", role, now.name)
			}
			return
		}
		k.key("Tab")
	}
	k.t.Fatalf("the %s %q cannot be reached by Tab", role, pattern)
}

// focused returns what has the focus.
func (p *page) focused() element {
	p.t.Helper()
	active, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement ?? document.documentElement"})
	harness.Must(p.t, err)
	tree, err := chromedp.Call(p.ctx, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{ObjectID: active.Result.ObjectID, FetchRelatives: new(false)})
	if err != nil || len(tree.Nodes) == 0 {
		return element{p: p} // it is gone by now
	}
	node := tree.Nodes[0]
	return element{p, textOf(node.Role), textOf(node.Name), node.BackendDOMNodeID}
}

// replace writes over all that a field has.
func (p *page) replace(text string) {
	p.t.Helper()
	const ctrl = 2
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Modifiers: ctrl, Key: "a", Code: "KeyA", WindowsVirtualKeyCode: 'A', Commands: []string{"selectAll"},
		})
	}
	if text == "" {
		p.key("Delete")
		return
	}
	p.insert(text)
}

// insert writes a text where the focus is.
func (p *page) insert(text string) {
	p.t.Helper()
	call(p, input.InsertText, input.InsertTextParams{Text: text})
}

// key presses a key and lets it go.
func (p *page) key(name string) {
	p.t.Helper()
	code, text, number := name, "", int64(0)
	switch name {
	case "Tab":
		number = 9
	case "Enter":
		number, text = 13, "\r"
	case "Escape":
		number = 27
	case " ":
		code, number, text = "Space", 32, " "
	case "ArrowDown":
		number = 40
	case "ArrowUp":
		number = 38
	case "Delete":
		number = 46
	}
	kind := input.DispatchKeyEventTypeRawKeyDown
	if text != "" {
		kind = input.DispatchKeyEventTypeKeyDown
	}
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: name, Code: code, Text: text, WindowsVirtualKeyCode: number})
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: name, Code: code, WindowsVirtualKeyCode: number})
}

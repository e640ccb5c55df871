//go:build browser && linux

package browser

import (
	"fmt"
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

// hostile are texts as a stranger's phone may send them.
func hostile() []string {
	return []string{
		`<img src=x onerror="document.title='pwned'">`,
		`"><script>document.title='pwned'</script><marquee>`,
		`javascript:document.title='pwned'`,
		`{{constructor.constructor("document.title='pwned'")()}} ${document.title='pwned'}`,
		"\u202Egpj.exe \u2066 \u2069 \u200F reversed",
		strings.Repeat("W", 10_000),
		strings.Repeat("long words ", 1_000),
		strings.Repeat("ｗ̈́", 3_000),
		" ", "\t\n\r\u0000\u0007\u2028", "مرحبا بالعالم", "�\uFEFF\uFFF9",
		"",
	}
}

// hostileTree has sessions whose texts are those of strangers, and a rejected file for each.
func hostileTree(t testing.TB) func(root string) {
	return func(root string) {
		for n, text := range hostile() {
			key := harness.NthKey(contacts, n)
			c := harness.NewContent(key).With("email", text).With("status", "pending").With("device", map[string]any{
				"description": text, "os": text, "version": text, "id": text, "token": harness.PushToken,
			})
			application, _ := c["application"].(map[string]any)
			application["name"], application["version"] = text, text
			harness.Must(t, harness.Replace(harness.FileOf(root, key), c.Bytes()))
			wrong := harness.NewContent(harness.NthKey(contacts, n)).With("status", text)
			harness.Must(t, harness.Replace(harness.FileOf(root, harness.NthKey(contacts, 100+n)), wrong.Bytes()))
		}
	}
}

// Texts of strangers are shown as text: nothing of them becomes markup, turns other text
// around, or pushes anything off the page.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{1200, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, hostileTree(t))
			p := newPage(t, look{width: width, height: 800})
			p.show(w.consoleProcess)
			h := mouse{p}
			for _, view := range views() {
				p.visit(w, view)
				p.harmless(view)
			}
			p.visit(w, "sessions")
			p.shows(`<img src=x onerror="document.title='pwned'">`)
			p.shows("U+202E")
			h.press("button", `Accept <img src=x onerror=.*`)
			p.find("button", "Undo")
			p.harmless("what was done")
			for n := range hostile() {
				key := harness.NthKey(contacts, n)
				p.open(w.base + "#/sessions?open=" + strings.ReplaceAll(key.String(), "/", "%2F"))
				p.until("the drawer", `document.querySelector("dialog[open] dl") !== null`)
				p.harmless(fmt.Sprintf("the drawer of %.40q", hostile()[n]))
				p.key("Escape")
				p.until("no drawer", `document.querySelector("dialog[open]") === null`)
			}
		})
	}
}

// harmless fails the test where a text has become more than a text.
func (p *page) harmless(what string) {
	p.t.Helper()
	for name, script := range map[string]string{
		"a script has run":            `document.title.includes("pwned")`,
		"markup has become elements":  `document.querySelector("img:not([src='/favicon.svg']), marquee, script:not([src]), iframe, a[href^=javascript]") !== null`,
		"a text can turn others":      `/[\u202a-\u202e\u2066-\u2067\u200f]/.test(document.body.innerText)`,
		"the page is wider than told": `document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth`,
		"a row is too high":           `[...document.querySelectorAll("tbody tr")].some((row) => row.offsetHeight > 2 * innerHeight)`,
	} {
		if eval[bool](p, script) {
			p.t.Errorf("%s: %s", what, name)
		}
	}
}

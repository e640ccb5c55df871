//go:build browser && linux

package browser

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"sessiond/e2e/harness"
)

// languages are those of the page, with a word by which each is known.
func languages() map[string]string {
	return map[string]string{"en": "Sessions", "fr": "Sessions", "de": "Sitzungen", "ja": "セッション"}
}

// cutOff returns what does not fit where it stands: a text that is wider than its box,
// what reaches out of the page, and what can be pressed and reaches out of what clips it.
const cutOff = `(() => {
	const found = [];
	if (document.scrollingElement.scrollWidth > innerWidth) found.push("the page: " + document.scrollingElement.scrollWidth);
	for (const e of document.body.querySelectorAll("button, a, input, select")) {
		if (!e.checkVisibility({visibilityProperty: true}) || e.closest(".sr, .skip") || getComputedStyle(e.closest("thead") ?? e).clipPath !== "none") continue;
		const clips = e.closest(".table");
		if (clips && e.getBoundingClientRect().right > clips.getBoundingClientRect().right)
			found.push("clipped: " + e.tagName + " " + (e.ariaLabel ?? e.innerText) + " " + Math.round(e.getBoundingClientRect().right));
	}
	for (const e of document.body.querySelectorAll("*")) {
		if (!e.checkVisibility({visibilityProperty: true}) || e.closest(".sr, svg, noscript, select")) continue;
		const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
		const box = e.getBoundingClientRect();
		if (!own || box.width < 2 || getComputedStyle(e.closest("thead") ?? e).clipPath !== "none") continue;
		const scrolls = /auto|scroll/.test(getComputedStyle(e).overflowX);
		if ((e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !scrolls) || (box.right > innerWidth + 1 && !e.closest(".plan-box, pre")))
			found.push(e.tagName + "." + e.className + " " + JSON.stringify(e.innerText.slice(0, 60)) + " " + e.scrollWidth + " in " + e.clientWidth + ", to " + Math.round(box.right));
	}
	return found;
})()`

// Every language has every text, with the same parameters, and at 320 px none of it is cut
// off.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for language, word := range languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, office(t))
			p := newPage(t, look{width: 320, height: 640, language: language})
			p.show(w.consoleProcess)
			p.visit(w, "sessions")
			if got := eval[string](p, `document.documentElement.lang + " " + document.querySelector("h1").innerText`); got != language+" "+word {
				t.Errorf("asked for %s, the page is %q, want %q", language, got, language+" "+word)
			}
			p.sameTexts(language)
			for _, view := range views() {
				p.visit(w, view)
				p.fits(language + " " + view)
			}
			p.visit(w, "sessions")
			click := func(selector string) {
				eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).click(), true)`, selector))
				p.fits(language + " after " + selector)
			}
			click(".menu-button")
			click("tbody input")
			click("tbody a.title")
			p.until("the drawer", `document.querySelector("dialog[open] dl") !== null`)
			p.fits(language + " the drawer")
			click("dialog[open] footer button") // to log out
			p.fits(language + " the dialog of a log-out")
		})
	}
}

// fits fails the test where a text does not.
func (p *page) fits(what string) {
	p.t.Helper()
	for _, text := range eval[[]string](p, cutOff) {
		p.t.Errorf("%s: %s", what, text)
	}
}

// sameTexts fails the test where a language and English do not have the same texts.
func (p *page) sameTexts(language string) {
	p.t.Helper()
	texts, english := p.texts(language), p.texts("en")
	for _, key := range slices.Sorted(maps.Keys(english)) {
		text, there := texts[key]
		if !there || text == "" {
			p.t.Errorf("%s: %s is missing or empty", language, key)
		} else if got, want := parameters(text), parameters(english[key]); got != want {
			p.t.Errorf("%s: %s has the parameters %s, in English %s", language, key, got, want)
		}
	}
	if len(texts) != len(english) || len(english) < 100 {
		p.t.Errorf("%s has %d texts, English %d", language, len(texts), len(english))
	}
}

// texts returns the texts of a language, in the form for several.
func (p *page) texts(language string) map[string]string {
	p.t.Helper()
	return eval[map[string]string](p, fmt.Sprintf(`import("/lang/%s.js").then((module) => Object.fromEntries(
		Object.entries(module).flatMap(([group, texts]) => Object.entries(texts).map(
			([key, text]) => [group + "." + key, typeof text === "string" ? text : text.other]))))`, language))
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// parameters returns the parameters of a text, each once.
func parameters(text string) string {
	all := parameter.FindAllString(text, -1)
	slices.Sort(all)
	return fmt.Sprint(slices.Compact(all))
}

// Between a phone and a desk, too, nothing is cut off, in the language of the longest words.
func TestWidths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, office(t))
	p := newPage(t, look{language: "de"})
	p.show(w.consoleProcess)
	harness.Must(t, w.daemon.Command("delete", "--yes", people()[0].key().String()).Run()) // so that the trash has one
	for width := int64(320); width <= 1440; width += 80 {
		p.see(look{width: width, height: 900, language: "de"})
		for _, view := range views() {
			p.visit(w, view)
			p.fits(fmt.Sprintf("%s, %d wide", view, width))
		}
	}
}

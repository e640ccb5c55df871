//go:build browser && linux

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// many is how many sessions an office of a large firm has.
const many = 100_000

// mostElements is how many elements a page has, however many sessions there are.
const mostElements = 4_000

// fillMany writes many sessions, of which some wait.
func fillMany(t testing.TB) func(root string) {
	return func(root string) {
		harness.Must(t, os.MkdirAll(filepath.Join(root, contacts), 0o755))
		for n := range many {
			key := harness.NthKey(contacts, n)
			c := harness.NewContent(key).With("email", fmt.Sprintf("user%d@example.com", n))
			if n%100 == 0 {
				c["status"] = "pending"
			}
			harness.Must(t, os.WriteFile(harness.FileOf(root, key), c.Bytes(), 0o644))
		}
	}
}

// However many sessions there are, a page shows some of them: what the browser draws does
// not grow, by paging neither.
func TestManySessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fillMany(t))
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	h := mouse{p}
	for _, view := range []string{"overview", "sessions", "pending"} {
		began := time.Now()
		p.visit(w, view)
		t.Logf("%s of %d sessions: %v", view, many, time.Since(began).Round(time.Millisecond))
		p.bounded(view)
	}
	p.visit(w, "sessions")
	first := eval[string](p, `document.querySelector("tbody a").hash`)
	for range 5 {
		was := eval[string](p, `document.querySelector("tbody a").hash`)
		h.press("button", "Next")
		p.until("the next page", fmt.Sprintf(`document.querySelector("tbody a").hash !== %q`, was))
		p.bounded("the next page")
	}
	p.visit(w, "overview")
	p.visit(w, "sessions")
	if now := eval[string](p, `document.querySelector("tbody a").hash`); now != first {
		t.Errorf("the first page begins with %s, and then with %s", first, now)
	}
}

// A device with more sessions than a page says how many it shows; the next come once the older
// ones of these are logged out.
func TestManyDuplicates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(root string) { harness.Fill(t, root, contacts, 150) }) // all alike
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	p.visit(w, "duplicates")
	p.shows("The newest 100 of 150 are shown")
	h := mouse{p}
	h.press("button", "Log out the 99 older ones.*")
	h.write("textbox", ".*99.*", "99")
	h.press("button", "Log out 99 sessions")
	p.shows("99 sessions logged out.")
	h.press("button", "Close")
	p.hides("The newest 100 of 150")
	p.shows("Log out the 50 older ones")
	p.hides("are shown, the next")
}

// bounded fails the test where the page has too many elements.
func (p *page) bounded(what string) {
	p.t.Helper()
	if n := eval[int](p, `document.querySelectorAll("*").length`); n > mostElements {
		p.t.Errorf("%s: %d elements, want %d at most", what, n, mostElements)
	}
}

// BenchmarkPage says how long a page of many sessions takes from the address to the last
// row.
func BenchmarkPage(b *testing.B) {
	w := newWorld(b, fillMany(b))
	p := newPage(b, look{})
	p.show(w.consoleProcess)
	for b.Loop() {
		b.StopTimer()
		p.visit(w, "overview")
		b.StartTimer()
		eval[bool](p, `new Promise((drawn) => {
			new MutationObserver((_, o) => {
				if (document.querySelectorAll("tbody tr").length < 20 || document.querySelector("[aria-busy=true]")) return;
				o.disconnect();
				requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)));
			}).observe(document.body, {subtree: true, childList: true, attributes: true});
			location.hash = "#/sessions";
		})`)
	}
}

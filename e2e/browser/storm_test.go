//go:build browser && linux

package browser

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"sessiond/e2e/harness"
)

// stormSessions are so many that the storm does not fill the page.
const stormSessions = 300

// storm changes 200 files a second, each to a new address, until it is ended.
func storm(t testing.TB, root string) (end func() (changes int)) {
	ctx, cancel := context.WithCancel(context.Background())
	changes := 0
	var blowing sync.WaitGroup
	blowing.Go(func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for ; ctx.Err() == nil; changes++ {
			<-ticker.C
			key := harness.NthKey(contacts, changes%stormSessions)
			text := harness.NewContent(key).With("email", fmt.Sprintf("storm%d@example.com", changes)).Bytes()
			if err := harness.Replace(harness.FileOf(root, key), text); err != nil {
				t.Error(err)
				return
			}
		}
	})
	stop := sync.OnceFunc(func() { cancel(); blowing.Wait() })
	t.Cleanup(stop)
	return func() int { stop(); return changes }
}

// While 200 files a second change, what was selected stays selected, what is typed stays
// where it is typed, and no row moves.
func TestStorm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(root string) { harness.Fill(t, root, contacts, stormSessions) })
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	p.visit(w, "sessions")
	h := mouse{p}
	const rows = `[...document.querySelectorAll("tbody tr")].map((row) => row.querySelector("a").hash)`
	const boxes = `[...document.querySelectorAll("tbody input")].map((box) => box.checked)`
	before := eval[[]string](p, rows)
	end := storm(t, w.root)
	for n := range 3 {
		eval[bool](p, fmt.Sprintf(`(document.querySelectorAll("tbody input")[%d].focus(), true)`, n))
		p.key(" ")
	}
	p.shows("3 selected")
	p.shows("storm")
	h.press("button", "More filters")
	h.press("textbox", "E-mail")
	for _, letter := range "storm that is typed" {
		p.insert(string(letter))
	}
	if got := eval[string](p, `document.activeElement.value`); got != "storm that is typed" {
		t.Errorf("what is typed has become %q", got)
	}
	p.shows("3 selected")
	p.replace("")
	p.until("all rows again", `document.querySelectorAll("tbody tr").length === `+fmt.Sprint(len(before)))
	p.shows("3 selected")
	changes := end()
	t.Logf("%d changes", changes)
	if after := eval[[]string](p, rows); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("rows have moved: %q, then %q", before, after)
	}
	for n, checked := range eval[[]bool](p, boxes) {
		if checked != (n < 3) {
			t.Errorf("row %d: selected is %v", n, checked)
		}
	}
	p.until("what the files say now", fmt.Sprintf(`[...document.querySelectorAll("tbody tr")].every((row) => Number(/storm(\d+)@/.exec(row.innerText)?.[1]) >= %d)`, changes-stormSessions))
}

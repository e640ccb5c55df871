//go:build browser && linux

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sessiond/e2e/harness"
)

// page is a tab. What goes wrong in it fails the test.
type page struct {
	t   testing.TB
	ctx context.Context //nolint:containedctx // chromedp knows a tab by it

	mu    sync.Mutex
	wrong []string
}

// look says how somebody looks at a page.
type look struct {
	width, height int64  // 1200 × 800 where they are 0
	language      string // "en" where it is empty
	dark          bool
	touch         bool
}

// newPage opens an empty tab in a profile of its own.
func newPage(t testing.TB, as look) *page {
	t.Helper()
	browser, err := chromium()
	harness.Must(t, err)
	p := &page{t: t}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, what := range p.wrong {
			t.Error("in the page: " + what)
		}
	})
	call(p, log.Enable, struct{}{})
	call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: watching})
	p.see(as)
	return p
}

// watching has every report of the content policy be an error of the page.
const watching = `addEventListener("securitypolicyviolation", (e) =>
	console.error("content policy: " + e.effectiveDirective + " " + e.blockedURI + " " + e.sourceFile + ":" + e.lineNumber + " " + e.sample))`

// see has the page be looked at in another way.
func (p *page) see(as look) {
	p.t.Helper()
	if as.width == 0 {
		as.width, as.height = 1200, 800
	}
	if as.language == "" {
		as.language = "en"
	}
	scheme := "light"
	if as.dark {
		scheme = "dark"
	}
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: as.width, Height: as.height, DeviceScaleFactor: 1, Mobile: as.touch,
	})
	call(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Chromium", AcceptLanguage: as.language})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Europe/Paris"})
}

// hear notes what a page should not say.
func (p *page) hear(event any) {
	what := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		what = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			what += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			what = fmt.Sprintf("console.%s:", e.Type)
			for _, arg := range e.Args {
				what += " " + string(arg.Value) + arg.Description
			}
		}
	case *log.EventEntryAdded:
		// That a call was answered with a failure is no error of the page.
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			what = fmt.Sprintf("log: %s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
	if what != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.wrong = append(p.wrong, what)
	}
}

// forgive takes what went wrong so far, where a test means it to.
func (p *page) forgive() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.wrong
	p.wrong = nil
	return was
}

// open goes to an address.
func (p *page) open(address string) {
	p.t.Helper()
	harness.Must(p.t, chromedp.Do(p.ctx, chromedp.Navigate(address)))
}

// show opens the console, and waits until the navigation is there.
func (p *page) show(c *consoleProcess) {
	p.t.Helper()
	p.open(c.base + "#key=" + c.key)
	p.find("main", "")
}

// eval runs a script in the page and returns what it comes to.
func eval[T any](p *page, script string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("cannot run %s: %v", script[:min(len(script), 100)], err)
	}
	return value
}

// until waits for a script to come to true.
func (p *page) until(what, script string) {
	p.t.Helper()
	if !harness.Eventually(func() bool { return eval[bool](p, script) }) {
		p.t.Fatalf("waited in vain for %s\n%s", what, p.text())
	}
}

// text returns what the page shows.
func (p *page) text() string {
	p.t.Helper()
	return eval[string](p, `document.body.innerText`)
}

// shows waits until the page shows a text.
func (p *page) shows(text string) {
	p.t.Helper()
	quoted, err := json.Marshal(text)
	harness.Must(p.t, err)
	p.until("the text "+text, `document.body.innerText.includes(`+string(quoted)+`)`)
}

// hides waits until the page does not show a text.
func (p *page) hides(text string) {
	p.t.Helper()
	if !harness.Eventually(func() bool { return !strings.Contains(p.text(), text) }) {
		p.t.Fatalf("the page still shows %q:\n%s", text, p.text())
	}
}

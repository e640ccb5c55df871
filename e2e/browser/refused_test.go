//go:build browser && linux

package browser

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"sessiond/e2e/harness"
)

const app = "UTT7VDX8W5.com.example.Contacts"

// one fills a tree with one session.
func one(t testing.TB) func(root string) {
	return func(root string) { harness.Save(t, root, harness.NthKey(app, 0), "anna@example.com") }
}

// A page of another site gets nothing of the console, whatever it tries, even where it
// knows the key: not by a call, not as part of itself, not by a window. Nothing is changed.
func TestAnotherOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, one(t))
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, "<!doctype html><title>site</title>")
	}))
	t.Cleanup(site.Close)
	p := newPage(t, look{})
	p.open(site.URL)
	for name, script := range map[string]string{
		"a call with the key":   `fetch(base + "v1/status", {headers: {"Sessiond-Key": key}}).then((r) => r.text())`,
		"a call without it":     `fetch(base + "v1/status").then((r) => r.text())`,
		"a change":              `fetch(base + "v1/open", {method: "POST", headers: {"Sessiond-Key": key, "Content-Type": "application/json"}, body: "{}"}).then((r) => r.text())`,
		"a simple change":       `fetch(base + "v1/open", {method: "POST", mode: "no-cors"}).then((r) => r.type === "opaque" ? Promise.reject() : r.type)`,
		"a script":              `new Promise((ok, no) => { const s = document.createElement("script"); s.src = base + "main.js"; s.type = "module"; s.onload = ok; s.onerror = no; document.head.append(s); })`,
		"a picture":             `new Promise((ok, no) => { const i = new Image(); i.src = base + "favicon.svg"; i.onload = () => ok("shown"); i.onerror = no; })`,
		"what a frame shows":    `new Promise((ok, no) => { const f = document.createElement("iframe"); f.src = base; f.onload = () => f.contentDocument ? ok("read") : no(); document.body.append(f); })`,
		"what a window shows":   `new Promise((ok, no) => { const w = open(base + "#key=" + key); setTimeout(() => { try { ok(w.document.title + "read"); } catch { no(); } }, 500); if (!w) no(); })`,
		"a form that posts":     `new Promise((ok, no) => { const f = document.createElement("form"); f.action = base + "v1/open"; f.method = "post"; f.enctype = "text/plain"; f.target = "x"; document.body.append(f); f.submit(); setTimeout(no, 300); })`,
		"a form that restarts":  `new Promise((ok, no) => { const f = document.createElement("form"); f.action = base + "v1/refresh"; f.method = "post"; f.target = "y"; document.body.append(f); f.submit(); setTimeout(no, 300); })`,
		"a stream of the state": `new Promise((ok, no) => { const e = new EventSource(base + "v1/events"); e.onopen = ok; e.onerror = no; })`,
	} {
		base, err := json.Marshal(w.base)
		harness.Must(t, err)
		got := eval[string](p, fmt.Sprintf(`{ const base = %s, key = %q; (%s).then((v) => "got " + v, () => "refused"); }`, base, w.key, script))
		if got != "refused" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if audit := read(t, w.folder+"/audit.jsonl"); strings.Contains(audit, `"open"`) {
		t.Errorf("something was opened: %s", audit)
	}
	p.forgive() // that it was refused
}

// A page whose name leads to this machine is of the same origin as what it asks there: it
// is refused by its name.
func TestRebinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, one(t))
	at, err := url.Parse(w.base)
	harness.Must(t, err)
	p := newPage(t, look{})
	p.open("http://" + net.JoinHostPort(rebinding, at.Port()) + "/#key=" + w.key)
	if text := p.text(); !strings.Contains(text, "unknown-host") || !strings.Contains(text, "127.0.0.1") {
		t.Errorf("by another name, the page is %q", text)
	}
	status := eval[int](p, `fetch("/v1/status", {headers: {"Sessiond-Key": "`+w.key+`"}}).then((r) => r.status)`)
	if status != http.StatusMisdirectedRequest {
		t.Errorf("by another name, a call is answered %d, want 421", status)
	}
	p.forgive()
}

// Without the key of this run the page says what to do, and shows nothing.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, one(t))
	other := startConsole(t, w.daemon)
	for name, fragment := range map[string]string{"no key": "", "the key of another run": "#key=" + other.key} {
		p := newPage(t, look{})
		p.open(w.base + fragment)
		p.shows("sessiond console")
		if text := p.text(); strings.Contains(text, "anna@example.com") {
			t.Errorf("%s: the page shows %q", name, text)
		}
	}
}

// The key is in the address once: not in what the browser shows, nor in what it keeps
// beyond the tab.
func TestKeyIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, one(t))
	p := newPage(t, look{})
	p.show(w.consoleProcess)
	if got := eval[string](p, `location.href + document.cookie + JSON.stringify(localStorage) + document.documentElement.outerHTML`); strings.Contains(got, w.key) {
		t.Errorf("the key is in %q", got)
	}
	p.open(w.base) // again, in the same tab
	p.find("main", "")
	p.hides("another run")
	p.find("link", "Sessions.*")
}

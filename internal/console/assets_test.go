package console_test

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
	"testing"

	"sessiond/internal/console"
)

// maxAssets is how large the whole page may be, in bytes.
const maxAssets = 250_000

// The page is small, and made of what browsers take by its type.
func TestAssets(t *testing.T) {
	w := newWorld(t, say("{}"))
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".json": "application/json", ".svg": "image/svg+xml",
	}
	total := 0
	err := fs.WalkDir(console.Assets(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		want, err := fs.ReadFile(console.Assets(), name)
		if err != nil {
			return err
		}
		total += len(want)
		r := w.request("GET", "/"+name, "")
		r.Header.Del(console.KeyHeader)
		resp, got := w.do(r)
		if kind := types[path.Ext(name)]; kind == "" || resp.Header.Get("Content-Type") != kind || got != string(want) {
			t.Errorf("%s is %s %q of %d bytes, want %q and %d", name, resp.Status, resp.Header.Get("Content-Type"), len(got), kind, len(want))
		}
		r.Header.Set("If-None-Match", resp.Header.Get("ETag"))
		if resp, _ := w.do(r); resp.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %s, want 304", name, resp.Status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total == 0 || total > maxAssets {
		t.Errorf("the page has %d bytes, want 1 to %d", total, maxAssets)
	}
	w.nothingAsked("assets")
}

// Nothing but the files of the page is served beside the daemon's routes.
func TestNoAsset(t *testing.T) {
	w := newWorld(t, say("{}"))
	for target, want := range map[string]int{
		"GET /none": 404, "GET /assets/index.html": 404, "GET /../server.go": 404, "GET /%2e%2e/server.go": 404, "GET /views": 404, "GET /views/": 404,
		"GET //v1/status": 404, "GET /./v1/status": 404, "GET /V1/status": 404, "GET /v1": 404, "GET /healthz": 404, "GET /metrics": 404,
		"POST /": 405, "PUT /main.js": 405, "DELETE /": 405, "HEAD /": 200,
	} {
		method, path, _ := strings.Cut(target, " ")
		resp, _ := w.do(w.request(method, path, ""))
		if resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", target, resp.Status, want)
		}
		if want == 405 && resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow is %q", target, resp.Header.Get("Allow"))
		}
		w.nothingAsked(target)
	}
}

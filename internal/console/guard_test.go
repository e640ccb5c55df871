package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/console"
)

// Nothing of what a page of another site, or a program without the key, can send gets to
// the daemon.
func TestRefusals(t *testing.T) {
	w := newWorld(t, say("{}"))
	for name, test := range map[string]struct {
		change func(*http.Request)
		method string // POST with a body where it is empty
		status int
		kind   api.Kind
	}{
		"a name that rebinds":          {change: host("evil.example"), status: 421, kind: api.KindUnknownHost},
		"with a port":                  {change: host("evil.example:80"), status: 421, kind: api.KindUnknownHost},
		"one below localhost":          {change: host("evil.localhost"), status: 421, kind: api.KindUnknownHost},
		"localhost and more":           {change: host("localhost.evil.example"), status: 421, kind: api.KindUnknownHost},
		"another address":              {change: host("10.0.0.1"), status: 421, kind: api.KindUnknownHost},
		"another address of loopback":  {change: host("127.0.0.2"), status: 421, kind: api.KindUnknownHost},
		"every address":                {change: host("0.0.0.0:80"), status: 421, kind: api.KindUnknownHost},
		"an address without brackets":  {change: host("::1"), status: 421, kind: api.KindUnknownHost},
		"a port that is none":          {change: host("localhost:x"), status: 421, kind: api.KindUnknownHost},
		"no key":                       {change: without(console.KeyHeader), status: 401, kind: console.KindWrongKey},
		"an empty key":                 {change: with(console.KeyHeader, ""), status: 401, kind: console.KindWrongKey},
		"another key":                  {change: with(console.KeyHeader, strings.Repeat("A", len(w.key))), status: 401, kind: console.KindWrongKey},
		"the beginning of the key":     {change: with(console.KeyHeader, w.key[:10]), status: 401, kind: console.KindWrongKey},
		"the key as a cookie":          {change: both(without(console.KeyHeader), with("Cookie", console.KeyHeader+"="+w.key)), status: 401, kind: console.KindWrongKey},
		"no key, to look":              {change: without(console.KeyHeader), method: "GET", status: 401, kind: console.KindWrongKey},
		"another site":                 {change: with("Sec-Fetch-Site", "cross-site"), status: 403, kind: api.KindOtherSite},
		"another port":                 {change: with("Sec-Fetch-Site", "same-site"), status: 403, kind: api.KindOtherSite},
		"another site, to look":        {change: with("Sec-Fetch-Site", "cross-site"), method: "GET", status: 403, kind: api.KindOtherSite},
		"another site, an old browser": {change: both(without("Sec-Fetch-Site"), with("Origin", "http://evil.example")), status: 403, kind: api.KindOtherSite},
		"a page without an origin":     {change: both(without("Sec-Fetch-Site"), with("Origin", "null")), status: 403, kind: api.KindOtherSite},
		"a preflight":                  {change: both(without(console.KeyHeader), both(with("Sec-Fetch-Site", "cross-site"), with("Access-Control-Request-Method", "POST"))), method: "OPTIONS", status: 403, kind: api.KindOtherSite},
		"a form":                       {change: with("Content-Type", "application/x-www-form-urlencoded"), status: 415, kind: api.KindBodyNotJSON},
		"text":                         {change: with("Content-Type", "text/plain"), status: 415, kind: api.KindBodyNotJSON},
		"no type":                      {change: without("Content-Type"), status: 415, kind: api.KindBodyNotJSON},
		"no type, of unknown length":   {change: both(without("Content-Type"), func(r *http.Request) { r.ContentLength = -1 }), status: 415, kind: api.KindBodyNotJSON},
	} {
		method, body := test.method, ""
		if method == "" {
			method, body = "POST", "{}"
		}
		r := w.request(method, "/v1/open", body)
		test.change(r)
		resp, text := w.do(r)
		var p api.Problem
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Errorf("%s: %v in %s", name, err, text)
		}
		if resp.StatusCode != test.status || p.Status != test.status || p.Type != test.kind || p.Detail == "" {
			t.Errorf("%s: %s %+v, want %d %s", name, resp.Status, p, test.status, test.kind)
		}
		for header := range resp.Header {
			if strings.HasPrefix(header, "Access-Control-") || header == "Set-Cookie" {
				t.Errorf("%s: the answer has %s", name, header)
			}
		}
		w.nothingAsked(name)
	}
	select {
	case <-w.server.Opened():
		t.Error("somebody without the key counts as the page")
	default:
	}
}

// The page is served by each name of this machine, through whatever forwarded port.
func TestHosts(t *testing.T) {
	w := newWorld(t, say("{}"))
	for _, name := range []string{"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8080"} {
		for _, path := range []string{"/", "/v1/status"} {
			r := w.request("GET", path, "")
			r.Host = name
			if resp, text := w.do(r); resp.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %s %s", name, path, resp.Status, text)
			}
		}
	}
	r := w.request("GET", "/", "")
	r.Host = "evil.example"
	if resp, _ := w.do(r); resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("the page by another name: %s, want 421", resp.Status)
	}
}

// Every answer tells the browser that it may be used by the page alone.
func TestHeaders(t *testing.T) {
	w := newWorld(t, say("{}"))
	wrong := w.request("GET", "/v1/status", "")
	wrong.Header.Del(console.KeyHeader)
	for _, r := range []*http.Request{w.request("GET", "/", ""), w.request("GET", "/none", ""), w.request("GET", "/v1/status", ""), wrong} {
		resp, _ := w.do(r)
		for name, want := range map[string]string{
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
		} {
			if got := resp.Header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q, want %q", r.URL.Path, name, got, want)
			}
		}
		policy := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %q", r.URL.Path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy %q allows what is unsafe", r.URL.Path, policy)
		}
	}
}

// host sends a request by another name.
func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func without(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

func both(one, other func(*http.Request)) func(*http.Request) {
	return func(r *http.Request) { one(r); other(r) }
}

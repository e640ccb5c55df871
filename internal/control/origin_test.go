package control_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"sessiond/internal/session"
)

// askAs sends a request with a host and further header lines of its own.
func (w *world) askAs(line, host, header string) answer {
	w.t.Helper()
	conn := w.dial()
	write(w.t, conn, fmt.Sprintf("%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", line, host, header))
	return readAnswer(w.t, conn)
}

func TestHosts(t *testing.T) {
	w := newWorld(t)
	for host, want := range map[string]int{
		"sessiond": 200, "sessiond:80": 200, "": 200, ":8080": 200, "LOCALHOST": 200, "localhost:8080": 200, "a.b.localhost": 200, "A.LocalHost:1": 200,
		"127.0.0.1": 200, "127.0.0.1:8080": 200, "192.0.2.7": 200, "[::1]": 200, "[::1]:8080": 200, "::1": 200,
		"example.com": 421, "example.com:80": 421, "sessiond.": 421, "localhost.": 421, "localhost.example.com": 421, "notlocalhost.com": 421, "127.0.0.1.example.com": 421,
		"127.0.0.1.": 421, "[::1].example.com": 421, "xlocalhost.": 421,
	} {
		answer := w.askAs("GET /v1/status", host, "")
		if want == http.StatusOK {
			if answer.status != want {
				t.Errorf("%q: %d, want 200: %s", host, answer.status, answer.body)
			}
			continue
		}
		answer.mustFail(t, want, "http://sessiond/")
	}
	// HTTP/1.0 need not name a host at all.
	conn := w.dial()
	write(t, conn, "GET /v1/status HTTP/1.0\r\n\r\n")
	readAnswer(t, conn).mustBe(t, "application/json")
}

// Every route but those that a monitor may ask looks at the host, before it does
// anything.
func TestHostOnAllRoutes(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) {
		t.Error("a request to another host was carried out")
		return session.Report{}, nil
	}
	for _, line := range []string{
		"POST /v1/refresh", "GET /v1/status", "GET /v1/apps", "GET /v1/sessions", "GET /v1/sessions/a.b/c", "POST /v1/sessions/a.b/c/open",
		"POST /v1/open", "GET /v1/events", "GET /v1/schema", "DELETE /v1/status",
	} {
		w.askAs(line, "example.com", "").mustFail(t, http.StatusMisdirectedRequest, `"example.com"`)
	}
	for _, line := range []string{"GET /healthz", "GET /readyz", "GET /metrics"} {
		if got := w.askAs(line, "example.com", ""); got.status != http.StatusOK {
			t.Errorf("%s: %d, want 200", line, got.status)
		}
	}
}

func TestOtherSites(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	for header, want := range map[string]int{
		"":                                  200,
		"Sec-Fetch-Site: same-origin\r\n":   200,
		"Sec-Fetch-Site: none\r\n":          200,
		"Origin: http://localhost:8080\r\n": 200,
		"Sec-Fetch-Site: cross-site\r\n":    403,
		"Sec-Fetch-Site: same-site\r\n":     403,
		"Origin: http://example.com\r\n":    403,
		"Origin: http://localhost:9090\r\n": 403,
		"Origin: null\r\n":                  403,
		"Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:8080\r\n": 403,
	} {
		for _, line := range []string{"GET /v1/status", "POST /v1/refresh", "GET /healthz", "GET /metrics"} {
			got := w.askAs(line, "localhost:8080", header)
			switch {
			case got.status != want:
				t.Errorf("%s with %q: %d, want %d", line, header, got.status, want)
			case want == http.StatusForbidden:
				got.mustFail(t, want, "other web sites")
			}
		}
	}
}

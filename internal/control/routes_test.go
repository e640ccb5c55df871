package control_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

var key = session.Key{App: contactApp, ID: "7023d9205074199d1c16fc00d24354e778137675"}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	type health struct {
		Status string `json:"status"`
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := read[health](t, w.get(path).mustBe(t, "application/json")); got.Status != "ok" {
			t.Errorf("%s says %q", path, got.Status)
		}
	}
}

func TestStatus(t *testing.T) {
	w := newWorld(t)
	want := api.Status{
		Version: "1.0", PID: 7, StartedAt: start(), Root: "/srv/MobileApps", Admit: "restore",
		NotInMemoryFiles: []session.UnadmittedFile{}, RejectedByCode: []session.CodeCount{},
		Errors: []session.ActiveError{}, Unsettled: []session.Unsettled{}, Hints: []api.Hint{{Code: api.HintRejected, Text: "a hint"}},
	}
	w.daemon.status = want
	got := read[api.Status](t, w.get("/v1/status").mustBe(t, "application/json"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStatusOfRootThatIsNotUTF8(t *testing.T) {
	w := newWorld(t)
	w.daemon.status.Root = "/srv/\xff"
	got := read[api.Status](t, w.get("/v1/status").mustBe(t, "application/json"))
	if want := "/srv/\ufffd"; got.Root != want {
		t.Errorf("the root is %q, want %q", got.Root, want)
	}
}

func TestApps(t *testing.T) {
	w := newWorld(t)
	w.pass(newSession(key, ""))
	type answer struct {
		Apps []api.App `json:"apps"`
	}
	got := read[answer](t, w.get("/v1/apps").mustBe(t, "application/json"))
	want := answer{[]api.App{{App: contactApp, Team: "UTT7VDX8W5", Application: "com.contactApp.Contact", Name: "Contact", Sessions: 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefresh(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) {
		return session.Report{Pass: 7, Trigger: session.TriggerSocket, Scope: session.ScopeFull, StartedAt: start()}, nil
	}
	w.daemon.openAll = func(context.Context) (session.Report, error) {
		return session.Report{Pass: 8, Trigger: session.TriggerOpen, Scope: session.ScopeFull, StartedAt: start()}, nil
	}
	for path, want := range map[string]session.Report{
		"/v1/refresh": {Pass: 7, Trigger: session.TriggerSocket},
		"/v1/open":    {Pass: 8, Trigger: session.TriggerOpen},
	} {
		want.Scope, want.StartedAt = session.ScopeFull, start()
		want.Changes, want.Errors, want.Unsettled = []session.Change{}, []session.Problem{}, []session.Unsettled{}
		answer := w.post(path).mustBe(t, "application/json")
		if diff := cmp.Diff(want, read[session.Report](t, answer)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if !bytes.Contains(answer.body, []byte(`"changes":[]`)) {
			t.Errorf("%s answers without changes: %s", path, answer.body)
		}
	}
}

// What is asked beyond a refresh, or an opening of all, reaches the daemon; what
// cannot be understood asks for nothing.
func TestRefreshParameters(t *testing.T) {
	w := newWorld(t)
	var since time.Time
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{Pass: 1}, nil }
	w.daemon.takeRoot = func(context.Context) (session.Report, error) { return session.Report{Pass: 2}, nil }
	w.daemon.openAll = func(context.Context) (session.Report, error) { return session.Report{Pass: 3}, nil }
	w.daemon.openSince = func(_ context.Context, t time.Time) (session.Report, error) {
		since = t
		return session.Report{Pass: 4}, nil
	}
	for path, pass := range map[string]uint64{
		"/v1/refresh":            1,
		"/v1/refresh?takeRoot=1": 2,
		"/v1/open":               3,
		"/v1/open?removedSince=2026-11-22T19:00:00%2B01:00": 4,
	} {
		if got := read[session.Report](t, w.post(path).mustBe(t, "application/json")); got.Pass != pass {
			t.Errorf("%s was answered by pass %d, want %d", path, got.Pass, pass)
		}
	}
	if !since.Equal(start()) {
		t.Errorf("asked to open what was removed since %v", since)
	}
	w.daemon.refresh, w.daemon.takeRoot, w.daemon.openAll, w.daemon.openSince = nil, nil, nil, nil
	for path, detail := range map[string]string{
		"/v1/refresh?takeRoot=":             "takeRoot",
		"/v1/refresh?takeRoot=yes":          "takeRoot",
		"/v1/refresh?takeRoot=1&takeRoot=1": "more than once",
		"/v1/refresh?removedSince=x":        "unknown parameter",
		"/v1/open?removedSince=":            "removedSince",
		"/v1/open?removedSince=yesterday":   "removedSince",
		"/v1/open?takeRoot=1":               "unknown parameter",
	} {
		w.post(path).mustFail(t, http.StatusBadRequest, detail)
	}
}

func TestRefreshFails(t *testing.T) {
	w := newWorld(t)
	failed := errors.New("the daemon is stopping")
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, failed }
	w.daemon.openAll = w.daemon.refresh
	w.daemon.open = func(context.Context, session.Key) (session.Report, error) { return session.Report{}, failed }
	for _, path := range []string{"/v1/refresh", "/v1/open", "/v1/sessions/" + key.String() + "/open"} {
		w.post(path).mustFail(t, http.StatusServiceUnavailable, failed.Error())
	}
}

func TestSession(t *testing.T) {
	w := newWorld(t)
	revision := w.pass(newSession(key, "anna@example.com"))
	answer := w.get("/v1/sessions/"+key.String()).mustBe(t, "application/json")
	got := read[map[string]any](t, answer)
	application := map[string]any{"id": "com.contactApp.Contact", "name": "Contact", "version": "1.0.0"}
	team := map[string]any{"id": "UTT7VDX8W5"}
	device := map[string]any{"id": "1E9F", "description": "Anna’s iPhone", "os": "iOS", "version": "18.1", "simulator": true}
	want := map[string]any{
		"session": key.String(), "app": key.App, "id": key.ID, "status": "accepted", "email": "anna@example.com",
		"application": application, "team": team, "device": device,
		"ip": "192.0.2.7", "modified": "2026-11-20T09:12:44.5Z", "loadedAt": "2026-11-22T18:00:00Z", "revision": float64(revision),
		"content": map[string]any{
			"application": application, "session": map[string]any{"id": key.ID, "ip": "192.0.2.7"},
			"team": team, "device": device,
			"status": "accepted", "email": "anna@example.com", "userInfo": map[string]any{"token": "kept"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSessionThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.get("/v1/sessions/"+key.String()).mustFail(t, http.StatusNotFound, "is not in memory")

	why := session.ActiveError{Problem: *session.NewProblem(key, session.CodeToken, "/token: id differs"), Since: start()}
	w.store.Apply(session.Outcome{Problems: []session.Transition[session.ActiveError]{{Session: key, Now: &why}}})
	w.get("/v1/sessions/"+key.String()).mustFail(t, http.StatusNotFound, "mobi 4")
}

func TestKeysInPaths(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a b", "100%", "%2F", "été", "a?b#c", `"quoted"`, "+"} {
		s := newSession(session.Key{App: "com.Ünïcode app", ID: id}, "")
		w.pass(s)
		got, err := w.client.Session(t.Context(), s.Key())
		if err != nil {
			t.Errorf("%q: %v", id, err)
		} else if got.Session != s.Key() {
			t.Errorf("asked for %q, got %q", s.Key(), got.Session)
		}
	}
	for _, path := range []string{"nodot/id", "a.b/with.dot", "a.b/c%2Fd", "a.b%2Fc/d", "a.b/%FF", "a.b/c~", "a.b/%23c", "a.b/%00", "a.b/line%0Abreak", "$a.b/c", ".b/c"} {
		w.get("/v1/sessions/"+path).mustFail(t, http.StatusBadRequest, "not a session key")
		w.post("/v1/sessions/"+path+"/open").mustFail(t, http.StatusBadRequest, "not a session key")
	}
}

func TestOpen(t *testing.T) {
	unreadable := session.Problem{ErrCode: 13, ComponentSignature: session.ComponentFile, Message: "permission denied"}
	about := func(p session.Problem, key session.Key) []session.Problem {
		p.Session = key
		return []session.Problem{p}
	}
	unsettled := func(key session.Key, reason string) []session.Unsettled {
		return []session.Unsettled{{Session: key, Reason: reason}}
	}
	for _, test := range []struct {
		name     string
		report   session.Report
		inMemory bool
		status   int
		detail   string
	}{
		{"admitted", session.Report{Counts: session.Counts{Admitted: 1}}, true, http.StatusOK, ""},
		{"no file", session.Report{}, false, http.StatusNotFound, "no file"},
		{"rejected", session.Report{Errors: []session.Problem{*session.NewProblem(key, session.CodeSchema, "/status: wrong")}}, false, http.StatusUnprocessableEntity, "mobi 3"},
		{"in motion", session.Report{Unsettled: unsettled(key, session.ReasonInMotion)}, false, http.StatusServiceUnavailable, "in motion"},
		{"in motion, an older one in memory", session.Report{Unsettled: unsettled(key, session.ReasonInMotion)}, true, http.StatusServiceUnavailable, "in motion"},
		{"unreadable", session.Report{Errors: about(unreadable, key), Unsettled: unsettled(key, session.ReasonUnreadable)}, false, http.StatusServiceUnavailable, "permission denied"},
		{"folder unreadable", session.Report{Errors: about(unreadable, session.Key{App: contactApp}), Unsettled: unsettled(session.Key{App: contactApp}, session.ReasonUnreadable)}, true, http.StatusServiceUnavailable, "permission denied"},
		{"root unreadable", session.Report{Errors: about(unreadable, session.Key{}), Unsettled: unsettled(session.Key{}, session.ReasonUnreadable)}, true, http.StatusServiceUnavailable, "permission denied"},
		{"another file's trouble", session.Report{
			Errors:    []session.Problem{*session.NewProblem(session.Key{App: "a.b", ID: "c"}, session.CodeSyntax, "")},
			Unsettled: unsettled(session.Key{App: "a.b", ID: "d"}, session.ReasonInMotion),
		}, true, http.StatusOK, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.daemon.open = func(_ context.Context, asked session.Key) (session.Report, error) {
				if asked != key {
					t.Errorf("opened %q, want %q", asked, key)
				}
				if test.inMemory {
					w.pass(newSession(key, ""))
				}
				return test.report, nil
			}
			answer := w.post("/v1/sessions/" + key.String() + "/open")
			if test.status == http.StatusOK {
				if got := read[api.Summary](t, answer.mustBe(t, "application/json")); got.Session != key {
					t.Errorf("the summary is of %q", got.Session)
				}
				return
			}
			f := answer.mustFail(t, test.status, test.detail)
			if test.status != http.StatusUnprocessableEntity {
				if f.Error != nil {
					t.Errorf("the failure names the error %v", f.Error)
				}
			} else if diff := cmp.Diff(&test.report.Errors[0], f.Error); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	w := newWorld(t)
	if got := w.get("/v1/schema").mustBe(t, "application/schema+json"); !bytes.Equal(got.body, validate.Schema()) {
		t.Errorf("the schema is %s", got.body)
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t)
	w.pass(newSession(key, ""))
	for _, path := range []string{"/healthz", "/v1/status", "/v1/sessions", "/v1/sessions/" + key.String(), "/v1/events", "/v1/schema"} {
		if got := w.ask(http.MethodHead, path, nil); got.status != http.StatusOK || len(got.body) > 0 {
			t.Errorf("HEAD %s: status %d, body %q", path, got.status, got.body)
		}
	}
}

func TestHeadOfEventsEnds(t *testing.T) {
	w := newWorld(t)
	conn := w.dial()
	for _, request := range []string{"HEAD /v1/events", "GET /healthz"} {
		write(t, conn, request+" HTTP/1.1\r\nHost: sessiond\r\n\r\n")
	}
	text := make([]byte, 4096)
	for seen := ""; !strings.Contains(seen, `{"status":"ok"}`); {
		n, err := conn.Read(text)
		if err != nil {
			t.Fatalf("after %q: %v", seen, err)
		}
		seen += string(text[:n])
	}
}

func TestUnknownRoutes(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/v1", "/v1/", "/v2/status", "/v1/status/", "//v1/status", "/v1/./status", "/v1/sessions/a.b", "/v1/sessions/a.b/c/d", "/metrics/x"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			w.ask(method, path, nil).mustFail(t, http.StatusNotFound, "no route")
		}
	}
}

func TestMethodsNotAllowed(t *testing.T) {
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/v1/refresh":           "POST",
		"/v1/open":              "POST",
		"/v1/status":            "GET, HEAD",
		"/v1/sessions/a.b/c":    "DELETE, GET, HEAD, PATCH",
		"/v1/trash":             "GET, HEAD",
		"/v1/events":            "GET, HEAD",
		"/healthz":              "GET, HEAD",
		"/v1/sessions/a.b/open": "DELETE, GET, HEAD, PATCH", // the session that is called "open"
	} {
		answer := w.ask(http.MethodPut, path, nil)
		answer.mustFail(t, http.StatusMethodNotAllowed, "PUT")
		if got := answer.header.Get("Allow"); got != allow {
			t.Errorf("%s allows %q, want %q", path, got, allow)
		}
	}
}

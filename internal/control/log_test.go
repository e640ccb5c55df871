package control_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/session"
)

// lines returns the log as text, with all fields.
func lines(logs *observer.ObservedLogs) string {
	var b strings.Builder
	for _, entry := range logs.All() {
		fmt.Fprintln(&b, entry.Level, entry.Message, entry.ContextMap())
	}
	return b.String()
}

func TestChangingRequestsAreLogged(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	w.daemon.openAll = w.daemon.refresh
	w.daemon.open = func(context.Context, session.Key) (session.Report, error) { return session.Report{}, nil }
	for _, test := range []struct {
		path, route, session string
		status               int
	}{
		{"/v1/refresh", "/v1/refresh", "", http.StatusOK},
		{"/v1/open", "/v1/open", "", http.StatusOK},
		{"/v1/sessions/" + key.String() + "/open", "/v1/sessions/{app}/{id}/open", key.Short(), http.StatusNotFound},
		{"/v1/sessions/nokey/x/open", "/v1/sessions/{app}/{id}/open", "", http.StatusBadRequest},
	} {
		w.post(test.path)
		var found map[string]any
		eventually(t, "the request is logged", func() bool {
			entries := w.logs.TakeAll()
			if len(entries) == 1 {
				found = entries[0].ContextMap()
			}
			return len(entries) > 0
		})
		want := map[string]any{"method": "POST", "route": test.route, "status": int64(test.status)}
		if test.session != "" {
			want["session"] = test.session
		}
		_, self := me(t)
		maps.Copy(want, self)
		if fmt.Sprint(found) != fmt.Sprint(want) {
			t.Errorf("%s is logged as %v, want %v", test.path, found, want)
		}
	}
	for _, path := range []string{"/v1/status", "/v1/sessions", "/healthz", "/nowhere"} {
		w.get(path)
	}
	w.stop()
	if w.logs.Len() > 0 {
		t.Errorf("reading is logged: %s", lines(w.logs))
	}
}

func TestSecretsStayInside(t *testing.T) {
	w := newWorld(t)
	s := newSession(key, "anna@example.com")
	since := w.store.View().Revision()
	w.pass(s)
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	w.daemon.openAll = w.daemon.refresh
	w.daemon.open = func(context.Context, session.Key) (session.Report, error) { return session.Report{}, nil }

	shown := map[string][]byte{}
	for _, path := range []string{"/v1/status", "/v1/apps", "/v1/sessions", "/v1/sessions/" + key.String(), "/v1/sessions/a.b/c"} {
		shown["GET "+path] = w.get(path).body
	}
	for _, path := range []string{"/v1/refresh", "/v1/open", "/v1/sessions/" + key.String() + "/open"} {
		shown["POST "+path] = w.post(path).body
	}
	events := w.follow(&since)
	shown["GET /v1/events"] = []byte(fmt.Sprint(events.next()))
	w.stop()
	shown["the log"] = []byte(lines(w.logs))

	if !strings.Contains(string(shown["GET /v1/sessions/"+key.String()]), "kept") {
		t.Error("the content of the session is not shown at all")
	}
	for where, text := range shown {
		for _, secret := range []string{secretToken, secretDevice} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s shows a secret: %s", where, text)
			}
		}
	}
	if strings.Contains(string(shown["the log"]), key.ID) {
		t.Errorf("the log shows a whole key: %s", shown["the log"])
	}
}

func TestDefectInADaemon(t *testing.T) {
	w := newWorld(t)
	w.daemon.refresh = func(context.Context) (session.Report, error) { panic("with " + secretToken) }
	w.daemon.openAll = func(context.Context) (session.Report, error) {
		return make([]session.Report, w.logs.Len())[w.logs.Len()], nil
	}
	w.post("/v1/refresh").mustFail(t, http.StatusInternalServerError, "defect")
	w.post("/v1/open").mustFail(t, http.StatusInternalServerError, "defect")
	w.get("/healthz").mustBe(t, "application/json")

	log := lines(w.logs)
	if strings.Contains(log, secretToken) {
		t.Errorf("the log shows what was thrown: %s", log)
	}
	for _, want := range []string{"POST /v1/refresh", "POST /v1/open", "index out of range"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not tell of %q: %s", want, log)
		}
	}
}

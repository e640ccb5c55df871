package control_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/control"
)

// follows has the daemon of a test follow another, whose answer to all requests is a failure.
func follows(kind api.Kind) func(*control.Config) {
	return func(cfg *control.Config) {
		cfg.Authority = func() string { return "node north" }
		cfg.Forward = elsewhere{err: &control.ExchangeError{Kind: kind, Err: errors.New("no answer")}}
	}
}

const elsewhereKey = "a.b/c"

// problem asks for what fails.
func (w *world) problem(method, path, body string) failure {
	w.t.Helper()
	if body == "" {
		return read[failure](w.t, w.ask(method, path, nil))
	}
	return read[failure](w.t, w.ask(method, path, strings.NewReader(body)))
}

// What a follower does not have done says what is to be done where.
func TestNotHere(t *testing.T) {
	w := newWorld(t, follows(api.KindAuthorityAway))
	const there = " at node north, which this daemon follows: do this there"
	session := "/v1/sessions/" + elsewhereKey
	for request, want := range map[string]string{
		"GET /v1/trash":                    "the trash is" + there,
		"POST /v1/trash/purge?email=a@b":   "the trash is" + there,
		"DELETE /v1/trash/x":               "the trash is" + there,
		"POST /v1/trash/x/restore":         "the trash is" + there,
		"GET /v1/audit":                    "the audit is" + there,
		"POST /v1/refresh?takeRoot=1":      "the root is mounted" + there,
		"DELETE " + session + "?noTrash=1": "files are deleted for good only" + there,
		"POST /v1/replica/adopt":           "what followers show is published by node north, which this daemon follows: do this there",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := w.problem(method, path, "")
		if got.Type != api.KindNotAuthority || got.Detail != want {
			t.Errorf("%s: %s %q, want %q", request, got.Type, got.Detail, want)
		}
	}
	many := `{"sessions":[{"session":"` + elsewhereKey + `","etag":"00112233445566778899aabbccddeeff"}],"delete":true,"noTrash":true}`
	if got := w.problem(http.MethodPost, "/v1/changes", many); got.Type != api.KindNotAuthority || got.Remedy == "" {
		t.Errorf("a deletion of many for good: %+v", got)
	}
}

// Of a request that would have changed nothing, nobody has to find out what became of it.
func TestDryRunWithoutAnswer(t *testing.T) {
	w := newWorld(t, follows(api.KindOutcomeUnknown))
	item := `"sessions":[{"session":"` + elsewhereKey + `","etag":"00112233445566778899aabbccddeeff"}],"set":{"status":"accepted"}`
	for name, test := range map[string]struct {
		method, path, body string
		kind               api.Kind
		status             int
	}{
		"one":            {"PATCH", "/v1/sessions/" + elsewhereKey, `{"status":"accepted"}`, api.KindOutcomeUnknown, http.StatusGatewayTimeout},
		"one, dry":       {"PATCH", "/v1/sessions/" + elsewhereKey + "?dryRun=1", `{"status":"accepted"}`, api.KindAuthorityAway, http.StatusServiceUnavailable},
		"many":           {"POST", "/v1/changes", `{` + item + `}`, api.KindOutcomeUnknown, http.StatusGatewayTimeout},
		"many, dry":      {"POST", "/v1/changes", `{` + item + `,"dryRun":true}`, api.KindAuthorityAway, http.StatusServiceUnavailable},
		"by filter, dry": {"POST", "/v1/changes", `{"select":{"status":"pending"},"set":{"status":"accepted"},"dryRun":true}`, api.KindAuthorityAway, http.StatusServiceUnavailable},
	} {
		got := w.problem(test.method, test.path, test.body)
		if got.Type != test.kind || got.Status != test.status || got.Remedy == "" {
			t.Errorf("%s: %+v, want %s", name, got, test.kind)
		}
	}
}

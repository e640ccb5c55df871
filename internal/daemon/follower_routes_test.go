package daemon

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// ask sends a request to the socket of a node, and returns the status, and the kind of the
// problem where the answer is one.
func (n *node) ask(t *testing.T, method, path, body string) (status int, kind api.Kind, text string) {
	t.Helper()
	over := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", n.socket)
	}}
	defer over.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://sessiond"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := over.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var all bytes.Buffer
	if _, err := all.ReadFrom(answer.Body); err != nil {
		t.Error(err)
	}
	var p api.Problem
	_ = json.Unmarshal(all.Bytes(), &p)
	return answer.StatusCode, p.Type, all.String()
}

// changing are requests that change something, all of which a follower forwards. Each leaves
// the session as the next wants it.
func changing(key session.Key) []struct{ method, path, body string } {
	at := "/v1/sessions/" + key.String()
	return []struct{ method, path, body string }{
		{http.MethodPost, "/v1/refresh", ""},
		{http.MethodPatch, at + "?dryRun=1", `{"status":"pending"}`},
		{http.MethodPatch, at, `{"status":"pending"}`},
		{http.MethodPost, "/v1/changes", `{"dryRun":true,"select":{"q":"anna"},"set":{"status":"accepted"}}`},
		{http.MethodPost, "/v1/changes", `{"dryRun":true,"sessions":[{"session":"` + key.String() + `"}],"delete":true}`},
		{http.MethodPost, at + "/open", ""},
		{http.MethodPost, "/v1/open", ""},
		{http.MethodPost, "/v1/open?removedSince=2026-11-22T19:00:00Z", ""},
		{http.MethodDelete, at + "?dryRun=1", ""},
		{http.MethodDelete, at, ""},
	}
}

// Every route that changes something, by an administrator, by a node without the right, and
// without the authority.
func TestFollowerRoutes(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root, writes("south"))
	south, west := followerOf(t, b, "south"), followerOf(t, b, "west")
	for _, n := range []*node{south, west} {
		n.becomes(t, "following", isComplete)
	}
	key := passestest.Key(1)
	for _, one := range changing(key) {
		name := one.method + " " + one.path
		if status, kind, text := west.ask(t, one.method, one.path, one.body); kind != api.KindNodeMayNotEdit || status != http.StatusForbidden {
			t.Errorf("%s by a node without the right: %d, %s", name, status, text)
		}
		status, _, text := south.ask(t, one.method, one.path, one.body)
		if status != http.StatusOK || strings.Contains(text, "visible") {
			t.Errorf("%s: %d, %s", name, status, text)
		}
	}
	if _, err := south.Session(t.Context(), key); !isKind(err, api.KindNotInMemory) {
		t.Errorf("a deleted session is %v", err)
	}
	passestest.Until(t, "the refusals are on record", func() bool {
		page, err := north.Audit(t.Context(), client.AuditQuery{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		refused := map[string]int{}
		for _, e := range page.Entries {
			if e.Result == "refused" && e.Actor.Node == "west" {
				refused[e.Action] += max(e.Count, 1)
			}
		}
		return refused["edit"] == 4 && refused["open"] == 3 && refused["refresh"] == 1 && refused["delete"] == 2
	})

	// What speaks of the authority's disk, or cannot be undone, or is kept there.
	for _, path := range []string{
		"POST /v1/refresh?takeRoot=1", "DELETE /v1/sessions/" + key.String() + "?noTrash=1", "GET /v1/trash", "POST /v1/trash/x/restore",
		"DELETE /v1/trash/x", "POST /v1/trash/purge?email=x", "GET /v1/audit", "POST /v1/replica/adopt",
		`POST /v1/changes {"delete":true,"noTrash":true,"dryRun":true,"select":{"q":"anna"}}`,
	} {
		method, rest, _ := strings.Cut(path, " ")
		target, body, _ := strings.Cut(rest, " ")
		if status, kind, text := south.ask(t, method, target, body); kind != api.KindNotAuthority || !strings.Contains(text, "north") {
			t.Errorf("%s: %d, %s", path, status, text)
		}
	}

	north.stop()
	for _, one := range changing(key) {
		if status, kind, text := south.ask(t, one.method, one.path, one.body); kind != api.KindAuthorityAway || status != http.StatusServiceUnavailable {
			t.Errorf("%s %s without the authority: %d, %s", one.method, one.path, status, text)
		}
	}
}

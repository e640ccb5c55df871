package daemon

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
)

// collecting starts a daemon that checks tokens of two sessions and keeps when that was.
func collecting(t *testing.T, seenFile string) (*running, *gateway, *client.Client) {
	t.Helper()
	r := start(t, func(root string) {
		for n := range 2 {
			passestest.Write(t, root, passestest.Key(n), passestest.Content(n, "a@example.com"))
		}
	}, func(s *config.Settings) {
		following(s)
		s.CheckListen, s.SeenFile, s.Licences = "127.0.0.1:0", seenFile, 1
	})
	g := &gateway{address: r.checked[0].Addr().String()}
	t.Cleanup(g.CloseIdleConnections)
	c := client.New(r.settings.Socket)
	t.Cleanup(c.Close)
	return r, g, c
}

// A session whose token was accepted was seen: in lists, alone, and after a restart.
func TestSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "seen")
	first, g, _ := collecting(t, file)
	began := time.Now().Truncate(time.Minute)
	if got := g.askAbout(t, passestest.Key(1)); got != http.StatusOK {
		t.Fatalf("a session is told %d", got)
	}
	status := first.status()
	since := status.SeenSince
	if c := status.Checks; c == nil || *c != (api.Checks{Allowed: 1}) {
		t.Errorf("gateways were answered %+v", c)
	}
	first.stop()

	again, _, c := collecting(t, file)
	page, err := c.Sessions(t.Context(), client.Query{})
	if err != nil || len(page.Sessions) != 2 {
		t.Fatalf("the list is %+v (%v)", page, err)
	}
	one, err := c.Session(t.Context(), passestest.Key(1))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := c.Open(t.Context(), passestest.Key(1))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(page.Sessions, func(a, b api.Summary) int { return a.SeenAt.Compare(b.SeenAt) })
	for what, at := range map[string]time.Time{"list": page.Sessions[1].SeenAt, "show": one.SeenAt, "open": opened.SeenAt} {
		if at.Before(began) || at.After(time.Now()) {
			t.Errorf("%s says it was seen at %v, want %v", what, at, began)
		}
	}
	if at := page.Sessions[0].SeenAt; !at.IsZero() {
		t.Errorf("a session that was not seen was seen at %v", at)
	}
	if got := again.status(); !got.SeenSince.Equal(since) || since.IsZero() {
		t.Errorf("times are collected since %v, want %v", got.SeenSince, since)
	}
}

// What is wrong with the file is told, and how many licences are used.
func TestSeenHints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "seen")
	if err := os.WriteFile(file, []byte(`{"format":"sessiond-seen","version":2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _, _ := collecting(t, file)
	status := r.status()
	if l := status.Licences; l == nil || *l != (api.Licences{Owned: 1, Accepted: 2}) {
		t.Errorf("licences are %+v", l)
	}
	if !hinted(status.Hints, api.HintSeenFails) || !hinted(status.Hints, api.HintLicences) {
		t.Errorf("hints are %+v", status.Hints)
	}
	if r.logs.FilterMessageSnippet("a newer version of sessiond").Len() != 1 {
		t.Error("the log does not tell of the file")
	}
}

// A daemon that checks no tokens collects nothing.
func TestNothingIsSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "seen")
	r := start(t, nil, func(s *config.Settings) { s.SeenFile = file })
	status := r.status()
	if r.stop(); !status.SeenSince.IsZero() || status.Licences != nil || status.Checks != nil {
		t.Errorf("times are collected since %v; licences are %+v, checks %+v", status.SeenSince, status.Licences, status.Checks)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file of last seen times")
	}
}

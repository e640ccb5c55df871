package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/control"
)

// answers is a Forwarder whose authority answers all requests with the same text.
type answers struct {
	contentType, text string
	sent              []*control.Forwarded
}

func (a *answers) MaxBody() int { return 1 << 20 }

func (a *answers) Forward(f *control.Forwarded) control.Exchange {
	a.sent = append(a.sent, f)
	return a
}

func (a *answers) Next(context.Context) (*control.Piece, error) {
	return &control.Piece{Status: http.StatusOK, Header: http.Header{"Content-Type": {a.contentType}}, Body: []byte(a.text), Last: true}, nil
}

func (a *answers) Visible(context.Context) bool { return true }

func (a *answers) follow(cfg *control.Config) {
	cfg.Authority, cfg.Forward = func() string { return "node north" }, a
}

// A follower refuses what could not be sent as text, or what the authority would not read, so
// that nobody waits in vain for an answer to it; and what it sends, is text.
func TestOnlyTextIsForwarded(t *testing.T) {
	at := &answers{contentType: "application/json", text: `{"changed":true}`}
	w := newWorld(t, at.follow)
	for name, test := range map[string]struct {
		path, header string
		status       int
	}{
		"bytes that are no text in If-Match":     {sessionPath, "If-Match: \"\xff\"", 400},
		"an If-Match that grows as JSON":         {sessionPath, "If-Match: " + strings.Repeat(`"`, 14<<10), 400},
		"a parameter that there is not":          {sessionPath + "?noTrash=1&x=1", "X: x", 421},
		"a query that can be read in two ways":   {sessionPath + "?dryRun=1;noTrash=1", "X: x", 400},
		"a parameter twice":                      {sessionPath + "?reason=a&reason=b", "X: x", 400},
		"a reason that is too long to be sent":   {sessionPath + "?reason=" + strings.Repeat("\xff", 6000), "X: x", 400},
		"bytes that are no text in the reason":   {sessionPath + "?reason=\xff", "X: x", 200},
		"bytes that are no text in another line": {sessionPath, "Sessiond-Client: \xff\xff", 200},
	} {
		at.sent = nil
		got := w.patchRaw(test.path, "application/json", `{}`, test.header)
		if got.status != test.status || (got.status == 200) != (len(at.sent) == 1) {
			t.Errorf("%s is answered by %d, %s, and %d were sent", name, got.status, got.body, len(at.sent))
		}
		for _, f := range at.sent {
			if !utf8.ValidString(f.Target + f.User + f.Client + strings.Join(f.IfMatch, "")) {
				t.Errorf("%s is sent as %+v", name, f)
			}
		}
	}
}

// An answer that ends without a line for each session leaves open what became of the others.
func TestForwardedChangesWithoutALine(t *testing.T) {
	at := &answers{contentType: "application/x-ndjson", text: "{\"session\":\"a.b/00000000\",\"changed\":true}\n{\"summary\":{}}\n"}
	w := newWorld(t, at.follow)
	lines := strings.Split(string(w.changes(someChanges(2, "")).body), "\n")
	if len(lines) != 4 || !strings.Contains(lines[1], string(api.KindOutcomeUnknown)) || !strings.Contains(lines[1], "00000001") {
		t.Fatalf("the lines are %q", lines)
	}
	end := read[api.ChangesEnd](t, answer{body: []byte(lines[2])})
	if end.Summary.Changed != 1 || end.Summary.Failed != 1 {
		t.Errorf("the summary is %+v", end.Summary)
	}
}

// The name of a follower's user is its word: a log, a terminal and a page are to bear it.
func TestClaimedNameIsHarmless(t *testing.T) {
	w := newWorld(t)
	core, logs := observer.New(zapcore.InfoLevel)
	s := control.New(control.Config{
		Refresher: w.daemon, Store: w.store, Log: zap.New(core), Administrator: w.admin,
		Editors: func(string) error { return nil }, Writing: func() api.Write { return api.Write{Enabled: true} },
	})
	s.ServeForwarded(t.Context(), httptest.NewRecorder(), &control.Forwarded{
		Node: "south", Method: http.MethodDelete, Target: sessionPath, Level: access.Admin,
		User: "an\n\x1b\u202ena\xff" + strings.Repeat("x", 9999),
	})
	want := "an???na?" + strings.Repeat("x", 128-len("an\n\x1b\u202ena\xff"))
	if got := w.admin.order.By.Claimed["user"]; got != want {
		t.Errorf("the audit has %q, want %q", got, want)
	}
	for _, entry := range logs.All() {
		if got := entry.ContextMap()["claimed"]; got != want {
			t.Errorf("the log has %q, want %q", got, want)
		}
	}
	if logs.Len() == 0 {
		t.Error("the log has nothing")
	}
}

package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/control"
	"sessiond/internal/session"
)

// elsewhere is a Forwarder whose authority answers all requests in the same way.
type elsewhere struct {
	err error
	// answer is the body of an answer with status 200, of which a piece is sent at a time.
	answer    string
	invisible bool
	asked     *asked
}

// asked notes what was forwarded.
type asked struct {
	mu  sync.Mutex
	all []control.Forwarded
}

func (e elsewhere) MaxBody() int { return 1 << 10 }

func (e elsewhere) Forward(f *control.Forwarded) control.Exchange {
	if e.asked != nil {
		e.asked.mu.Lock()
		defer e.asked.mu.Unlock()
		e.asked.all = append(e.asked.all, *f)
	}
	return &exchange{e, e.answer}
}

// exchange sends ten bytes a piece.
type exchange struct {
	elsewhere

	left string
}

func (x *exchange) Next(context.Context) (*control.Piece, error) {
	if x.err != nil {
		return nil, x.err
	}
	n := min(len(x.left), 10)
	p := &control.Piece{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}, "Etag": {`"x"`}},
		Body: []byte(x.left[:n]), Last: n == len(x.left),
	}
	x.left = x.left[n:]
	return p, nil
}

func (x *exchange) Visible(context.Context) bool { return !x.invisible }

// followerOf has a world follow another daemon.
func followerOf(e elsewhere, level access.Level) func(*control.Config) {
	return func(cfg *control.Config) {
		cfg.Authority, cfg.Forward = func() string { return "node north" }, e
		cfg.Level = func(access.Peer) access.Level { return level }
	}
}

// Levels are those of the follower's own clients. Whoever may only look may have the files
// looked at, and that is told.
func TestForwardLevels(t *testing.T) {
	at := "/v1/sessions/" + key.String()
	for _, level := range []access.Level{access.Read, access.Admin} {
		noted := &asked{}
		w := newWorld(t, followerOf(elsewhere{answer: `{"pass":1}`, asked: noted}, level))
		for path, needs := range map[string]access.Level{
			"PATCH " + at: access.Admin, "DELETE " + at: access.Admin, "POST " + at + "/open": access.Admin,
			"POST /v1/open": access.Admin, "POST /v1/refresh": access.Read,
		} {
			method, target, _ := strings.Cut(path, " ")
			got := w.ask(method, target, nil)
			if level < needs {
				if read[failure](t, got).Type != api.KindAdminOnly {
					t.Errorf("%s as %s: %s", path, level, got.body)
				}
				continue
			}
			if got.status != http.StatusOK || string(got.body) != `{"pass":1}` || got.header.Get("ETag") != `"x"` {
				t.Errorf("%s as %s: %d, %s", path, level, got.status, got.body)
			}
		}
		want := map[access.Level]int{access.Read: 1, access.Admin: 5}[level]
		if len(noted.all) != want {
			t.Errorf("as %s, %d requests were forwarded", level, len(noted.all))
		}
		for _, f := range noted.all {
			if f.Level != level || f.PID == 0 {
				t.Errorf("as %s, this was forwarded: %+v", level, f)
			}
		}
	}
}

// What is not to be seen here yet says so, however many pieces it comes in; dry runs leave
// nothing to be seen.
func TestForwardInvisible(t *testing.T) {
	w := newWorld(t, followerOf(elsewhere{answer: `{"changed":true,"inMemory":true}`, invisible: true}, access.Admin))
	if got := w.post("/v1/open"); string(got.body) != `{"visible":false,"changed":true,"inMemory":true}` {
		t.Errorf("the answer is %s", got.body)
	}
	if got := w.ask(http.MethodDelete, "/v1/sessions/"+key.String()+"?dryRun=1", nil); string(got.body) != `{"changed":true,"inMemory":true}` {
		t.Errorf("the answer to a dry run is %s", got.body)
	}
}

// forwards has a server answer a request of a follower.
func (w *world) forwards(s *control.Server, f control.Forwarded) *httptest.ResponseRecorder {
	got := httptest.NewRecorder()
	s.ServeForwarded(w.t.Context(), got, &f)
	return got
}

func TestServeForwarded(t *testing.T) {
	w := newWorld(t)
	s := control.New(control.Config{
		Refresher: w.daemon, Store: w.store, Log: zap.NewNop(), Administrator: w.admin,
		Writing: func() api.Write { return api.Write{Enabled: true} }, Editors: func(string) error { return nil },
	})
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{Pass: 1}, nil }
	w.daemon.braked = func(context.Context) (session.Report, error) { return session.Report{Pass: 2}, nil }
	w.admin.answer = admin.Answer{}
	at := "/v1/sessions/" + key.String()
	for name, test := range map[string]struct {
		asked  control.Forwarded
		status int
		says   string
	}{
		"a refresh by somebody who may only look": {control.Forwarded{Method: "POST", Target: "/v1/refresh"}, 200, `"pass":2`},
		"a refresh by an administrator":           {control.Forwarded{Method: "POST", Target: "/v1/refresh", Level: access.Admin}, 200, `"pass":1`},
		"a deletion by somebody":                  {control.Forwarded{Method: "DELETE", Target: at}, 403, "admin-only"},
		"a deletion":                              {control.Forwarded{Method: "DELETE", Target: at, Level: access.Admin}, 200, "changed"},
		"a list":                                  {control.Forwarded{Method: "GET", Target: "/v1/sessions", Level: access.Admin}, 421, "not-authority"},
		"the trash":                               {control.Forwarded{Method: "GET", Target: "/v1/trash", Level: access.Admin}, 421, "not-authority"},
		"a restore":                               {control.Forwarded{Method: "POST", Target: "/v1/trash/x/restore", Level: access.Admin}, 421, "not-authority"},
		"the metrics":                             {control.Forwarded{Method: "GET", Target: "/metrics", Level: access.Admin}, 421, "not-authority"},
		"adopt":                                   {control.Forwarded{Method: "POST", Target: "/v1/replica/adopt", Level: access.Admin}, 421, "not-authority"},
		"a deletion for good":                     {control.Forwarded{Method: "DELETE", Target: at + "?noTrash=1", Level: access.Admin}, 421, "not-authority"},
		"many deletions for good": {control.Forwarded{
			Method: "POST", Target: "/v1/changes", Level: access.Admin, Body: []byte(`{"select":{"q":"x"},"delete":true,"noTrash":true,"dryRun":true}`),
		}, 421, "not-authority"},
		"another root":    {control.Forwarded{Method: "POST", Target: "/v1/refresh?takeRoot=1", Level: access.Admin}, 421, "not-authority"},
		"a way around":    {control.Forwarded{Method: "DELETE", Target: "/v1/x/../sessions/a.b/c", Level: access.Admin}, 404, "unknown-route"},
		"no path":         {control.Forwarded{Method: "DELETE", Target: "x y", Level: access.Admin}, 404, "unknown-route"},
		"a whole address": {control.Forwarded{Method: "DELETE", Target: "http://example.com" + at, Level: access.Admin}, 404, "unknown-route"},
		"a body that is too long": {control.Forwarded{
			Method: "PATCH", Target: at, Level: access.Admin, Body: make([]byte, 1<<17),
		}, 413, "body-too-large"},
	} {
		if got := w.forwards(s, test.asked); got.Code != test.status || !strings.Contains(got.Body.String(), test.says) {
			t.Errorf("%s is answered by %d, %s", name, got.Code, got.Body)
		}
	}

	uid := uint32(1000)
	w.forwards(s, control.Forwarded{
		Node: "south", Method: "DELETE", Target: at + "?reason=why", Level: access.Admin, Client: "console",
		User: "an\nna" + strings.Repeat("x", 200), UID: &uid, PID: 7,
	})
	want := audit.Actor{Via: "replica", Node: "south", Claimed: map[string]string{
		"user": "an?na" + strings.Repeat("x", 123), "uid": "1000", "pid": "7", "client": "console",
	}}
	if diff := cmp.Diff(want, w.admin.order.By); diff != "" || w.admin.order.Reason != "why" {
		t.Errorf("the actor: %s, the reason %q", diff, w.admin.order.Reason)
	}
}

// A node that may change nothing is refused, whatever it asks for, and that is on record.
func TestServeForwardedOfNoEditor(t *testing.T) {
	w := newWorld(t)
	s := control.New(control.Config{Refresher: w.daemon, Store: w.store, Log: zap.NewNop(), Administrator: w.admin})
	for _, path := range []string{"POST /v1/refresh", "DELETE /v1/sessions/" + key.String(), "POST /v1/open"} {
		method, target, _ := strings.Cut(path, " ")
		got := w.forwards(s, control.Forwarded{Node: "west", Method: method, Target: target, Level: access.Admin})
		if got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "node-may-not-edit") || !strings.Contains(got.Body.String(), "west") {
			t.Errorf("%s is answered by %d, %s", path, got.Code, got.Body)
		}
	}
	if diff := cmp.Diff([]audit.Action{"refresh", "delete", "open"}, w.admin.refused); diff != "" {
		t.Error(diff)
	}
}

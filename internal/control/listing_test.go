package control_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func TestQueries(t *testing.T) {
	w := newWorld(t)
	for path, detail := range map[string]string{
		"/v1/status?x=1":                     `unknown parameter "x"; this route takes none`,
		"/v1/sessions?apps=1&limits=2":       `unknown parameter "apps", "limits"; this route takes q, app, status, email, domain, device, os, modifiedBefore, seenBefore, duplicate, sort, total, prefix, limit, cursor`,
		"/v1/sessions?limit=1&limit=2":       "more than once",
		"/v1/sessions?limit=0":               "1 to 1000",
		"/v1/sessions?limit=1001":            "1 to 1000",
		"/v1/sessions?limit=ten":             "1 to 1000",
		"/v1/sessions?status=gone":           `"accepted" or "pending"`,
		"/v1/sessions?sort=size":             "it may be key, email",
		"/v1/sessions?total=yes":             "total is \"yes\"; it may be 1",
		"/v1/sessions?sort=--email":          "it may be key, email",
		"/v1/sessions?domain=%40b.c":         "what follows the @",
		"/v1/sessions?q=+":                   "q is empty",
		"/v1/sessions?modifiedBefore=2025":   "a time such as",
		"/v1/sessions?cursor=!":              "cursor",
		"/v1/sessions?cursor=bm8ga2V5":       "cursor", // "no key"
		"/v1/sessions?app=%ZZ":               "cannot read the query",
		"/v1/sessions?app=a;b":               "cannot read the query",
		"/v1/events?since=-1":                "a revision",
		"/v1/events?since=1e3":               "a revision",
		"/v1/events?from=1":                  "this route takes since",
		"/v1/sessions/a.b/c?content=1":       "this route takes none",
		"/v1/sessions?app=&status=&nothing=": `"nothing"`,
	} {
		w.get(path).mustFail(t, http.StatusBadRequest, detail)
	}
	for _, name := range append(session.FilterNames(), "sort", "total", "prefix", "limit", "cursor") {
		w.get("/v1/sessions?limit=1&"+name+"=").mustFail(t, http.StatusBadRequest, strconv.Quote(name))
		w.get("/v1/sessions?"+name).mustFail(t, http.StatusBadRequest, strconv.Quote(name)+" is empty")
	}
	w.get("/v1/events?since=").mustFail(t, http.StatusBadRequest, `"since" is empty`)
	w.get("/v1/sessions?").mustBe(t, "application/json")
	w.post("/v1/refresh?force=1").mustFail(t, http.StatusBadRequest, `"force"`)
}

func TestNotInMemory(t *testing.T) {
	w := newWorld(t)
	o := session.Outcome{Report: session.Report{Trigger: session.TriggerWatch}, NotInMemory: 2}
	for _, one := range sessions("a.one", 2) {
		o.Unadmitted = append(o.Unadmitted, session.Transition[session.UnadmittedFile]{
			Session: one.Key(), Now: &session.UnadmittedFile{Session: one.Key(), Since: start()},
		})
	}
	if none := w.get("/v1/not-in-memory").mustBe(t, "application/json"); !strings.HasPrefix(string(none.body), `{"files":[],"epoch"`) {
		t.Errorf("got %s", none.body)
	}
	w.store.Apply(o)
	first := read[api.UnadmittedPage](t, w.get("/v1/not-in-memory?app=a.one&limit=1").mustBe(t, "application/json"))
	if len(first.Files) != 1 || first.Files[0].Session != o.Unadmitted[0].Session || !first.Files[0].Since.Equal(start()) || first.Next == "" {
		t.Fatalf("got %+v", first)
	}
	second := read[api.UnadmittedPage](t, w.get("/v1/not-in-memory?limit=1&cursor="+first.Next))
	if len(second.Files) != 1 || second.Files[0].Session != o.Unadmitted[1].Session || second.Next != "" {
		t.Errorf("got %+v", second)
	}
	var many session.Outcome
	many.Report.Trigger = session.TriggerWatch
	for i := range 2 * 5_000 {
		key := session.Key{App: "b.many", ID: fmt.Sprintf("%05d", i)}
		many.Unadmitted = append(many.Unadmitted, session.Transition[session.UnadmittedFile]{Session: key, Now: &session.UnadmittedFile{Session: key}})
	}
	w.store.Apply(many)
	short := read[api.UnadmittedPage](t, w.get("/v1/not-in-memory?prefix=09999").mustBe(t, "application/json"))
	if len(short.Files) != 0 || short.Next == "" {
		t.Errorf("one page looks through everything: %d files, next %q", len(short.Files), short.Next)
	}
	w.get("/v1/not-in-memory?limit=0").mustFail(t, http.StatusBadRequest, "1 to 1000")
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	all := append(sessions("a.one", 150), sessions("b.two", 3)...)
	all[151] = newSessionOf(all[151].Key(), session.StatusPending, "anna@example.com", "")
	all[152] = newSession(all[152].Key(), "Bert@Example.com")
	revision := w.pass(all...)

	for _, test := range []struct {
		query string
		want  []*session.Session
		more  bool
	}{
		{"", all[:100], true},
		{"limit=1000", all, false},
		{"limit=153", all, false},
		{"limit=152", all[:152], true},
		{"app=b.two", all[150:], false},
		{"app=b", nil, false},
		{"status=pending", all[151:152], false},
		{"email=bert@example.COM", all[152:], false},
		{"domain=EXAMPLE.com&q=bert", all[152:], false},
		{"q=BERT+b.two", all[152:], false},
		{"q=anna&modifiedBefore=1990-01-01T00:00:00Z", nil, false},
		{"device=*&os=none", nil, false},
		{"prefix=b.two", all[150:], false},
		{"prefix=" + all[151].Key().ID + "&app=b.two", all[151:152], false},
		{"prefix=none", nil, false},
		{"app=a.one&limit=1", all[:1], true},
		{"app=a.one&status=pending", nil, false},
	} {
		got := read[api.Page](t, w.get("/v1/sessions?"+test.query).mustBe(t, "application/json"))
		if got.Revision != revision {
			t.Errorf("%s: the revision is %d, want %d", test.query, got.Revision, revision)
		}
		if (got.Next != "") != test.more {
			t.Errorf("%s: next is %q", test.query, got.Next)
		}
		if len(got.Sessions) != len(test.want) {
			t.Errorf("%s: got %d sessions, want %d", test.query, len(got.Sessions), len(test.want))
			continue
		}
		for i, one := range got.Sessions {
			if one.Session != test.want[i].Key() {
				t.Errorf("%s: session %d is %q, want %q", test.query, i, one.Session, test.want[i].Key())
			}
		}
	}

	t.Run("page by page", func(t *testing.T) {
		query, count := url.Values{"limit": {"7"}}, 0
		for {
			got := read[api.Page](t, w.get("/v1/sessions?"+query.Encode()))
			for _, one := range got.Sessions {
				if one.Session != all[count].Key() {
					t.Fatalf("session %d is %q, want %q", count, one.Session, all[count].Key())
				}
				count++
			}
			if got.Next == "" {
				break
			}
			query.Set("cursor", got.Next)
		}
		if count != len(all) {
			t.Errorf("the pages have %d sessions, want %d", count, len(all))
		}
	})
}

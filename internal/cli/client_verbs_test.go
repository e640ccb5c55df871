package cli

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// asJSON is how the daemon writes an answer.
func asJSON(t *testing.T, data any) string {
	t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// decode reads what a verb wrote as JSON: one document and nothing else.
func decode[T any](t *testing.T, out string) (got T) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("cannot read %q: %v", out, err)
	}
	return got
}

func TestUnreachable(t *testing.T) {
	socket := socketPath(t)
	for _, line := range []string{
		"status", "refresh", "refresh --allow-rejected", "list", "show a.b/c", "open a.b/c d.e/f", "open --all", "events",
		"status --output json", "accept a.b/c --yes", "set a.b/c --no-email -y", "delete a.b/c --dry-run", "restore x", "trash",
		"trash purge a.b/c -y", "trash purge --email a@x -n", "audit", "rejected",
	} {
		t.Run(line, func(t *testing.T) {
			command(t, socket, strings.Fields(line)...).want(t, exitUnreachable, "", text(
				`sessiond: cannot reach the daemon at "`+socket+`": there is no such socket; `+
					`start the daemon (sessiond run), or name its socket with --socket`))
		})
	}
}

// The flag overrides the environment.
func TestSocketFlag(t *testing.T) {
	socket := serve(t, routes{"GET /v1/status": says(200, asJSON(t, api.Status{PID: 4711}))})
	got := command(t, socketPath(t), "status", "--socket", socket)
	if got.status != exitDone || !strings.Contains(got.out, "process 4711") {
		t.Errorf("got %+v", got)
	}
}

func TestStatusJSON(t *testing.T) {
	socket := serve(t, routes{"GET /v1/status": says(200, `{"version":"1","pid":4711,"root":"/x","busy":true,"errors":[],"unsettled":[],"hints":[]}`)})
	got := command(t, socket, "status", "-o", "json")
	status := decode[api.Status](t, got.out)
	if got.status != exitDone || got.err != "" || status.PID != 4711 || !status.Busy {
		t.Errorf("got %+v", got)
	}
}

func TestRefresh(t *testing.T) {
	mixed, unreadable, restless, away, wrong := report(), report(), report(), report(), report()
	unreadable.Errors, unreadable.Unsettled = unreadable.Errors[:1], unreadable.Unsettled[:1]
	restless.Errors, restless.Unsettled = nil, restless.Unsettled[1:]
	away.Errors, away.Unsettled = nil, []session.Unsettled{{Session: session.Key{}, Reason: session.ReasonUnreadable}}
	wrong.Errors, wrong.Unsettled = wrong.Errors[1:], nil
	const (
		rejects = "sessiond: 1 file is rejected\n"
		unknown = "sessiond: %s could not be judged: what is in memory from there stays as it was\n"
		nothing = "sessiond: the whole MobileApps folder could not be judged: all sessions stay as they were\n"
	)
	for _, tc := range []struct {
		name, flags string
		report      session.Report
		status      int
		err         string
	}{
		{"rejected", "", wrong, exitRejected, rejects},
		{"rejected, as JSON", "--output json", wrong, exitRejected, rejects},
		{"rejected, which is allowed", "--allow-rejected", wrong, exitDone, ""},
		{"unreadable", "", unreadable, exitFailed, fmt.Sprintf(unknown, "1 file or folder")},
		{"unreadable, which is not allowed", "--allow-rejected", unreadable, exitFailed, fmt.Sprintf(unknown, "1 file or folder")},
		{"in motion to the end", "", restless, exitFailed, fmt.Sprintf(unknown, "1 file or folder")},
		{"not judged goes before rejected", "", mixed, exitFailed, fmt.Sprintf(unknown, "2 files or folders")},
		{"the root", "--allow-rejected", away, exitFailed, nothing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			socket := serve(t, routes{"POST /v1/refresh": says(200, asJSON(t, tc.report))})
			want := drawn(t, false, func(p *page) { p.report(&tc.report) })
			got := command(t, socket, append([]string{"refresh"}, strings.Fields(tc.flags)...)...)
			if strings.Contains(tc.flags, "json") {
				same(t, asJSON(t, decode[session.Report](t, got.out)), asJSON(t, tc.report))
				want = got.out
			}
			got.want(t, tc.status, want, tc.err)
		})
	}
}

// What the commands ask for beside a plain pass is in the query.
func TestPassesOfAKind(t *testing.T) {
	r := session.Report{Pass: 7, Trigger: session.TriggerSocket, Scope: session.ScopeFull}
	var asked string
	answer := func(w http.ResponseWriter, req *http.Request) {
		asked = req.Method + " " + req.URL.String()
		says(200, asJSON(t, r))(w, req)
	}
	socket := serve(t, routes{"/": answer})
	for line, want := range map[string]string{
		"refresh":                                "POST /v1/refresh",
		"refresh --take-root":                    "POST /v1/refresh?takeRoot=1",
		"open --all":                             "POST /v1/open",
		"open --since 2h":                        "POST /v1/open?removedSince=2026-11-22T16%3A00%3A00Z",
		"open --since 17:30":                     "POST /v1/open?removedSince=2026-11-22T17%3A30%3A00Z",
		"open --since 2026-11-21T09:00:00+02:00": "POST /v1/open?removedSince=2026-11-21T07%3A00%3A00Z",
	} {
		command(t, socket, strings.Fields(line)...).want(t, exitDone, drawn(t, false, func(p *page) { p.report(&r) }), "")
		same(t, asked, want)
	}
}

func TestRefreshRefused(t *testing.T) {
	socket := serve(t, routes{"POST /v1/refresh": says(503, `{"title":"Service Unavailable","status":503,"detail":"the daemon is stopping"}`)})
	command(t, socket, "refresh").want(t, exitFailed, "", "sessiond: the daemon is stopping\n")
}

// paged answers with one session a page and notes what was asked.
func paged(t *testing.T, asked *[]string) http.HandlerFunc {
	pages := map[string]string{
		"":    asJSON(t, map[string]any{"sessions": summaries()[:1], "next": "two", "epoch": "0000001f", "revision": 12}),
		"two": asJSON(t, map[string]any{"sessions": summaries()[1:], "epoch": "0000001f", "revision": 99}),
	}
	return func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.RawQuery)
		says(200, pages[r.URL.Query().Get("cursor")])(w, r)
	}
}

func TestListFollowsAllPages(t *testing.T) {
	var asked []string
	socket := serve(t, routes{"GET /v1/sessions": paged(t, &asked)})
	command(t, socket, "list", contact, "--status", "accepted", "--email", "anna@example.com").
		want(t, exitDone, drawn(t, false, func(p *page) { p.sessions(summaries()) }), "")
	query := "app=" + contact + "&email=anna%40example.com&limit=1000&status=accepted"
	same(t, strings.Join(asked, "\n"), query+"\n"+strings.Replace(query, "&email", "&cursor=two&email", 1))
}

func TestListJSON(t *testing.T) {
	var asked []string
	socket := serve(t, routes{"GET /v1/sessions": paged(t, &asked)})
	got := command(t, socket, "list", "--output", "json")
	list := decode[listing](t, got.out)
	if got.status != exitDone || got.err != "" || len(list.Sessions) != 2 || list.Revision != 12 {
		t.Errorf("got %+v", got)
	}
	if !harmless(strings.ReplaceAll(got.out, "\n", "")) {
		t.Errorf("control characters in %q", got.out)
	}
}

func TestListNothing(t *testing.T) {
	socket := serve(t, routes{"GET /v1/sessions": says(200, `{"sessions":[],"epoch":"0000001f","revision":1}`)})
	command(t, socket, "list").want(t, exitDone, "", "no such sessions in memory\n")
	command(t, socket, "list", "-o", "json").want(t, exitDone, text(`{`, `  "sessions": [],`, `  "epoch": "0000001f",`, `  "revision": 1`, `}`), "")
}

func TestShow(t *testing.T) {
	s := summaries()[0]
	detail := strings.TrimSuffix(asJSON(t, s), "}") + `,"content":{"status":"accepted"}}`
	socket := serve(t, routes{
		"GET /v1/sessions/" + anna.String(): says(200, detail),
		"GET /":                             says(404, `{"title":"Not Found","status":404,"detail":"the session \"a.b/c\" is not in memory"}`),
	})
	got := command(t, socket, "show", anna.String())
	if got.status != exitDone || !strings.Contains(got.out, "anna@example.com") || !strings.Contains(got.out, `"status": "accepted"`) {
		t.Errorf("got %+v", got)
	}
	got = command(t, socket, "show", anna.String(), "-o", "json")
	shown := decode[struct {
		Session session.Key `json:"session"`
		Content struct {
			Status string `json:"status"`
		} `json:"content"`
	}](t, got.out)
	if got.status != exitDone || shown.Session != anna || shown.Content.Status != "accepted" {
		t.Errorf("got %+v", got)
	}
	command(t, socket, "show", "a.b/c").want(t, exitNoSession, "", `sessiond: the session "a.b/c" is not in memory`+"\n")
}

func TestOpenAll(t *testing.T) {
	r := report()
	socket := serve(t, routes{"POST /v1/open": func(w http.ResponseWriter, req *http.Request) { says(200, asJSON(t, r))(w, req) }})
	command(t, socket, "open", "--all").want(t, exitFailed, drawn(t, false, func(p *page) { p.report(&r) }),
		"sessiond: 2 files or folders could not be judged: what is in memory from there stays as it was\n")
	r.Errors, r.Unsettled = r.Errors[1:], nil
	command(t, socket, "open", "--all").want(t, exitRejected,
		drawn(t, false, func(p *page) { p.report(&r) }), "sessiond: 1 file is rejected\n")
}

func TestOpenKeys(t *testing.T) {
	opened := says(200, asJSON(t, api.Summary{Session: anna, Status: session.StatusAccepted, LoadedAt: time.Time{}}))
	rejects := says(422, `{"title":"Unprocessable Entity","status":422,"detail":"rejected","error":`+
		asJSON(t, session.NewProblem(session.Key{App: "a.b", ID: "bad"}, session.CodeToken, "id"))+`}`)
	missing := says(404, `{"title":"Not Found","status":404,"detail":"there is no file"}`)
	unread := says(503, `{"title":"Service Unavailable","status":503,"detail":"cannot be judged now"}`)
	socket := serve(t, routes{
		"POST /v1/sessions/" + anna.String() + "/open": opened,
		"POST /v1/sessions/a.b/bad/open":               rejects,
		"POST /v1/sessions/a.b/gone/open":              missing,
		"POST /v1/sessions/a.b/shut/open":              unread,
	})
	yes := anna.String() + ": opened, accepted\n"
	const (
		no      = "a.b/bad: mobi 4: Connection token is not compliant with the current information: id\n"
		gone    = "sessiond: cannot open a.b/gone: there is no file\n"
		shut    = "sessiond: cannot open a.b/shut: cannot be judged now\n"
		refused = "sessiond: 1 file is rejected\n"
	)
	for _, tc := range []struct {
		keys     string
		status   int
		out, err string
	}{
		{anna.String(), exitDone, yes, ""},
		{"a.b/bad " + anna.String(), exitRejected, yes + no, refused},
		{"a.b/bad a.b/gone", exitNoSession, no, gone},
		{"a.b/gone a.b/shut a.b/gone " + anna.String(), exitFailed, yes, gone + shut + gone},
	} {
		t.Run(tc.keys, func(t *testing.T) {
			command(t, socket, append([]string{"open"}, strings.Fields(tc.keys)...)...).want(t, tc.status, tc.out, tc.err)
		})
	}

	got := command(t, socket, "open", "-o", "json", anna.String(), "a.b/bad", "a.b/gone")
	done := decode[opening](t, got.out)
	if got.status != exitNoSession || len(done.Opened) != 1 || len(done.Errors) != 2 {
		t.Fatalf("got %+v", got)
	}
	same(t, done.Errors[0].String(), session.NewProblem(session.Key{}, session.CodeToken, "id").String())
	same(t, done.Errors[1].String(), "http 404: Not Found: there is no file")
}

// What was opened before the daemon went away is told all the same.
func TestOpenKeysTellsWhatWasDone(t *testing.T) {
	opened := says(200, asJSON(t, api.Summary{Session: anna, Status: session.StatusAccepted, LoadedAt: time.Time{}}))
	var socket string
	socket = serve(t, routes{
		"POST /v1/sessions/" + anna.String() + "/open": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			if err := os.Remove(socket); err != nil {
				t.Error(err)
			}
			opened(w, r)
		},
	})
	got := command(t, socket, "open", anna.String(), "a.b/next")
	if want := anna.String() + ": opened, accepted\n"; got.status != exitUnreachable || got.out != want {
		t.Errorf("got %+v, want status %d and %q", got, exitUnreachable, want)
	}
}

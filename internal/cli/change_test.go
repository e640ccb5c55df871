package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// The entity tags of a file before and after it was changed.
const (
	etagBefore = "00112233445566778899aabbccddeeff"
	etagAfter  = "ffeeddccbbaa99887766554433221100"
)

// editor is a daemon that changes session files, as far as a command sees it.
type editor struct {
	mu    sync.Mutex
	asked []string // what was asked for, in one line each
	// files are what can be changed: what the file of each key says.
	files map[session.Key]api.State
	// refuses is what a key is refused with, once dryRun is over or, of dry, before.
	refuses, dry map[session.Key]http.HandlerFunc
	hints        []api.Hint
}

func newEditor() *editor {
	return &editor{files: map[session.Key]api.State{
		anna: {Status: session.StatusPending, Email: "anna@example.com"},
		bob:  {Status: session.StatusAccepted},
	}}
}

// socket serves the daemon.
func (e *editor) socket(t *testing.T) string {
	t.Helper()
	return serve(t, routes{
		"GET /v1/sessions":               e.list(t),
		"GET /v1/not-in-memory":          says(200, `{"files":[]}`),
		"GET /v1/rejected":               says(200, `{"files":[]}`),
		"GET /v1/apps":                   says(200, `{"apps":[]}`),
		"PATCH /v1/sessions/{app}/{id}":  e.edit(t),
		"DELETE /v1/sessions/{app}/{id}": e.edit(t),
	})
}

// list answers with the keys that begin as is asked for.
func (e *editor) list(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var page api.Page
		for key := range e.files {
			if prefix := r.URL.Query().Get("prefix"); strings.HasPrefix(key.String(), prefix) || strings.HasPrefix(key.ID, prefix) {
				page.Sessions = append(page.Sessions, api.Summary{Session: key, App: key.App, ID: key.ID})
			}
		}
		says(200, asJSON(t, page))(w, r)
	}
}

func (e *editor) edit(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := session.Key{App: r.PathValue("app"), ID: r.PathValue("id")}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		e.mu.Lock() // the command does not see the end of a request that breaks off
		defer e.mu.Unlock()
		e.asked = append(e.asked, strings.TrimSpace(fmt.Sprintf("%s %s?%s %s %s", r.Method, key.Short(), r.URL.RawQuery, r.Header.Get("If-Match"), body)))
		dryRun := r.URL.Query().Get("dryRun") == "1"
		refusals := e.refuses
		if dryRun {
			refusals = e.dry
		}
		if refuse := refusals[key]; refuse != nil {
			refuse(w, r)
			return
		}
		before, ok := e.files[key]
		if !ok {
			says(404, `{"type":"/problems/no-file","title":"Not Found","status":404,"detail":"there is no such file"}`)(w, r)
			return
		}
		after := before
		if r.Method == http.MethodPatch {
			set := decode[api.Set](t, string(body))
			if set.Status != nil {
				after.Status = *set.Status
			}
			if set.Email != nil {
				after.Email = *set.Email
			}
		}
		answer := api.Edit{
			Summary: &api.Summary{
				Session: key, App: key.App, ID: key.ID, Status: after.Status, Email: after.Email,
				Application: session.Application{Name: "Contact"}, Device: session.Device{Description: "Anna’s iPhone", OS: "iOS", Version: "18.1"},
			},
			Before: &before, Changed: after != before || r.Method == http.MethodDelete, ETag: etagBefore,
		}
		if !dryRun {
			answer.ETag, answer.Pass, answer.InMemory, answer.Hints = etagAfter, 9, true, e.hints
			if r.Method == http.MethodDelete && r.URL.Query().Get("noTrash") == "" {
				answer.Trash = "20261122-180000-5f0c3a9e"
			}
		}
		says(200, asJSON(t, answer))(w, r)
	}
}

// wantAsked fails the test unless the daemon was asked for just this.
func (e *editor) wantAsked(t *testing.T, lines ...string) {
	t.Helper()
	same(t, strings.Join(e.asked, "\n"), strings.Join(lines, "\n"))
	e.asked = nil
}

// A file is changed only as it was when it was looked at: the command sends the entity tag
// of its dry run.
func TestAcceptSendsWhatItSaw(t *testing.T) {
	e := newEditor()
	command(t, e.socket(t), "accept", "7023", "--yes", "--reason", "in person").want(t, exitDone, anna.String()+": accepted\n", "")
	e.wantAsked(t,
		`PATCH `+anna.Short()+`?dryRun=1  {"status":"accepted"}`,
		`PATCH `+anna.Short()+`?reason=in+person "`+etagBefore+`" {"status":"accepted"}`)
}

func TestHoldAndWhatIsSoAlready(t *testing.T) {
	e := newEditor()
	socket := e.socket(t)
	command(t, socket, "hold", anna.String(), bob.String(), anna.ID, "-y").want(t, exitDone, text(
		bob.String()+": pending",
		anna.String()+": it is pending already",
	), "")
	e.wantAsked(t,
		`PATCH `+anna.Short()+`?dryRun=1  {"status":"pending"}`,
		`PATCH `+bob.Short()+`?dryRun=1  {"status":"pending"}`,
		`PATCH `+bob.Short()+`? "`+etagBefore+`" {"status":"pending"}`)
	// There is nothing to ask about, but what there is was not known when it began.
	command(t, socket, "accept", bob.ID, "--yes").want(t, exitDone, bob.String()+": it is accepted already\n", "")
}

func TestSetEmail(t *testing.T) {
	e := newEditor()
	socket := e.socket(t)
	const server, detached = "warning: a running 4D server follows once the command MOBILE APP REFRESH SESSIONS runs there",
		"warning: another address detaches the user's pending actions in the app, until the same address logs in again"
	command(t, socket, "set", "7023", "--email", "ann@example.com", "--yes").want(t, exitDone,
		anna.String()+": e-mail address set: anna@example.com → ann@example.com\n", text(server, detached))
	e.wantAsked(t,
		`PATCH `+anna.Short()+`?dryRun=1  {"email":"ann@example.com"}`,
		`PATCH `+anna.Short()+`? "`+etagBefore+`" {"email":"ann@example.com"}`)
	command(t, socket, "set", "7023", "--no-email", "--yes").want(t, exitDone,
		anna.String()+": e-mail address set: anna@example.com → no address\n", text(server, detached))
	e.wantAsked(t,
		`PATCH `+anna.Short()+`?dryRun=1  {"email":""}`,
		`PATCH `+anna.Short()+`? "`+etagBefore+`" {"email":""}`)
	command(t, socket, "set", "0123", "--email", "bob@example.com", "--yes").want(t, exitDone,
		bob.String()+": e-mail address set: no address → bob@example.com\n", text(server))
}

func TestDelete(t *testing.T) {
	e := newEditor()
	e.hints = []api.Hint{{Text: "a server has it still"}}
	socket := e.socket(t)
	command(t, socket, "delete", "7023", "0123", "--yes").want(t, exitDone, text(
		anna.String()+": deleted, in the trash as 20261122-180000-5f0c3a9e",
		bob.String()+": deleted, in the trash as 20261122-180000-5f0c3a9e",
	), "hint: 2 sessions: a server has it still\n")
	e.wantAsked(t,
		`DELETE `+anna.Short()+`?dryRun=1`, `DELETE `+bob.Short()+`?dryRun=1`,
		`DELETE `+anna.Short()+`? "`+etagBefore+`"`, `DELETE `+bob.Short()+`? "`+etagBefore+`"`)
	command(t, socket, "delete", "7023", "--yes", "--no-trash").want(t, exitDone, anna.String()+": deleted for good\n", text(
		"warning: nothing goes to the trash: what is deleted is gone for good",
		"hint: "+anna.String()+": a server has it still",
	))
	e.wantAsked(t, `DELETE `+anna.Short()+`?dryRun=1&noTrash=1`, `DELETE `+anna.Short()+`?noTrash=1 "`+etagBefore+`"`)
}

// A dry run asks nobody, changes nothing, and shows what a person would be asked about.
func TestDryRun(t *testing.T) {
	e := newEditor()
	socket := e.socket(t)
	command(t, socket, "accept", "7023", "0123", "--dry-run").want(t, exitDone, text(
		"SESSION                                                                     E-MAIL            DEVICE         APP      CHANGE",
		anna.String()+"  anna@example.com  Anna’s iPhone  Contact  pending → accepted",
		bob.String()+"                 -                 Anna’s iPhone  Contact  none, it is accepted already",
	), "")
	e.wantAsked(t, `PATCH `+anna.Short()+`?dryRun=1  {"status":"accepted"}`, `PATCH `+bob.Short()+`?dryRun=1  {"status":"accepted"}`)
	got := command(t, socket, "delete", "7023", "-n", "-o", "json")
	all := decode[changes](t, got.out)
	if got.status != exitDone || !all.DryRun || len(all.Sessions) != 1 || all.Sessions[0].Session != anna || all.Sessions[0].ETag != etagBefore || all.Errors == nil {
		t.Errorf("got %+v", got)
	}
}

// One that fails stops no other, and each says why.
func TestSomeFail(t *testing.T) {
	stale := says(412, `{"type":"/problems/changed-since","title":"Precondition Failed","status":412,"detail":"it is not what it was",`+
		`"current":{"session":"`+anna.String()+`","status":"pending","email":"other@example.com"},"etag":"`+etagAfter+`"}`)
	same412 := says(412, `{"type":"/problems/changed-since","title":"Precondition Failed","status":412,"current":{"status":"pending","email":"anna@example.com"}}`)
	broken412 := says(412, `{"type":"/problems/changed-since","title":"Precondition Failed","status":412}`)
	syntax := session.NewProblem(anna, session.CodeSyntax, "it ends too early")
	rejects := says(422, `{"type":"/problems/rejected","title":"Unprocessable Entity","status":422,"detail":"rejected","error":`+asJSON(t, syntax)+`}`)
	worse := says(422, `{"type":"/problems/not-compliant","title":"Unprocessable Entity","status":422,"detail":"it would be rejected","error":`+asJSON(t, syntax)+`}`)
	foreign := says(403, `{"type":"/problems/not-writable","title":"Forbidden","status":403,"detail":"it is not ours","owner":"33:33","folder":"/srv/x","remedy":"run as that user"}`)
	off := says(403, `{"type":"/problems/writing-off","title":"Forbidden","status":403,"detail":"the daemon runs with --write off"}`)
	for name, tc := range map[string]struct {
		dry, refuses http.HandlerFunc
		status       int
		says         string
	}{
		"changed":      {nil, stale, exitFailed, "somebody changed it after it was shown, and nothing was done: it was pending with anna@example.com, it is now pending with other@example.com"},
		"changed else": {nil, same412, exitFailed, "somebody changed it after it was shown, and nothing was done: it is still pending with anna@example.com, something else in it was changed"},
		"broken":       {nil, broken412, exitFailed, "somebody changed it after it was shown, and nothing was done: it is no valid session file any more"},
		"rejected":     {rejects, nil, exitRejected, syntax.String()},
		"worse":        {worse, nil, exitFailed, "it would be rejected"},
		"another's":    {nil, foreign, exitFailed, "it is not ours (the file's owner is 33:33, its folder /srv/x); run as that user"},
		"off":          {off, nil, exitFailed, "the daemon runs with --write off"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor()
			e.files[bob] = api.State{Status: session.StatusPending}
			e.dry = map[session.Key]http.HandlerFunc{anna: tc.dry}
			e.refuses = map[session.Key]http.HandlerFunc{anna: tc.refuses}
			command(t, e.socket(t), "accept", "7023", "0123", "--yes").want(t, tc.status, bob.String()+": accepted\n",
				"sessiond: "+anna.String()+": not accepted: "+tc.says+"\n")
		})
	}
}

func TestNoSuchSession(t *testing.T) {
	e := newEditor()
	socket := e.socket(t)
	command(t, socket, "accept", "a.b/c", "7023", "--yes").want(t, exitNoSession, anna.String()+": accepted\n",
		"sessiond: a.b/c: not accepted: there is no such file\n")
	e.asked = nil
	command(t, socket, "accept", "7023", "ffff", "--yes").want(t, exitNoSession, "",
		"sessiond: no session in memory has a key or an id that begins with \"ffff\"\n")
	e.wantAsked(t, "")
	got := command(t, socket, "delete", "a.b/c", "7023", "--yes", "-o", "json")
	all := decode[changes](t, got.out)
	if got.status != exitNoSession || len(all.Sessions) != 1 || len(all.Errors) != 1 || all.Errors[0].ErrCode != 404 {
		t.Errorf("got %+v", got)
	}
}

// What is rejected can be named by the beginning of its key, as it can be deleted.
func TestDeleteRejected(t *testing.T) {
	bad := session.Key{App: "a.b", ID: "badc0ffee"}
	socket := serve(t, routes{
		"GET /v1/sessions":      says(200, `{"sessions":[]}`),
		"GET /v1/not-in-memory": says(200, `{"files":[]}`),
		"GET /v1/rejected": says(200, asJSON(t, api.RejectedPage{Files: []api.RejectedFile{{
			ActiveError: session.ActiveError{Problem: *session.NewProblem(bad, session.CodeSyntax, "x"), Since: started()},
		}}})),
		"DELETE /v1/sessions/a.b/badc0ffee": says(200, `{"changed":true,"inMemory":false,"trash":"20261122-180000-5f0c3a9e"}`),
	})
	command(t, socket, "delete", "badc", "--yes").want(t, exitDone, bad.String()+": deleted, in the trash as 20261122-180000-5f0c3a9e\n", "")
	command(t, socket, "delete", "badc", "--dry-run").want(t, exitDone, text(
		"SESSION        E-MAIL  DEVICE  APP  CHANGE",
		"a.b/badc0ffee  -       -       a.b  deleted, although it is rejected",
	), "")
}

// An answer that breaks off is a failure of that key. A daemon that goes away in the
// middle has its own exit status, and what was done is told.
func TestChangesBreakOff(t *testing.T) {
	e := newEditor()
	e.files[bob] = api.State{Status: session.StatusPending}
	var socket string
	first := true
	e.refuses = map[session.Key]http.HandlerFunc{anna: func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			panic(http.ErrAbortHandler)
		}
		if err := os.Remove(socket); err != nil {
			t.Error(err)
		}
		w.Header().Set("Connection", "close")
		says(200, `{"changed":true,"inMemory":true}`)(w, r)
	}}
	socket = e.socket(t)
	got := command(t, socket, "accept", "7023", "0123", "--yes")
	if got.status != exitFailed || got.out != bob.String()+": accepted\n" || !strings.HasPrefix(got.err, "sessiond: "+anna.String()+": not accepted: ") {
		t.Errorf("got %+v", got)
	}
	got = command(t, socket, "accept", "7023", "0123", "--yes")
	if got.status != exitUnreachable || got.out != anna.String()+": accepted\n" || !strings.HasPrefix(got.err, "sessiond: cannot reach the daemon") {
		t.Errorf("got %+v", got)
	}
}

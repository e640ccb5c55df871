package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// bulkEditor is a daemon that changes many sessions, as far as a command sees it.
type bulkEditor struct {
	asked []string // bodies
	plan  api.ChangesPlan
	lines []any // that a real request is answered with
	// refused is what a real request is refused with, if it is.
	refused *api.Problem
}

func (e *bulkEditor) socket(t *testing.T) string {
	t.Helper()
	return serve(t, routes{
		"GET /v1/apps": says(200, asJSON(t, api.Apps{Apps: []api.App{{App: anna.App, Application: "com.contactApp.Contact", Name: "Contact"}}})),
		"POST /v1/changes": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("the body is %q, %v", r.Header.Get("Content-Type"), err)
			}
			e.asked = append(e.asked, string(body))
			if strings.Contains(string(body), `"dryRun":true`) {
				says(200, asJSON(t, e.plan))(w, r)
				return
			}
			if e.refused != nil {
				says(e.refused.Status, asJSON(t, e.refused))(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/x-ndjson")
			for _, line := range e.lines {
				_, _ = fmt.Fprintln(w, asJSON(t, line))
			}
		},
	})
}

// wantAsked fails the test unless the daemon was asked for just this.
func (e *bulkEditor) wantAsked(t *testing.T, bodies ...string) {
	t.Helper()
	same(t, strings.Join(e.asked, "\n"), strings.Join(bodies, "\n"))
	e.asked = nil
}

func resultFor(key session.Key, before, after string) api.ChangeResult {
	r := api.ChangeResult{
		Session: key, ETag: etagBefore, Before: &api.State{Status: before, Email: "anna@example.com"}, Changed: before != after,
		Device: "Anna’s iPhone", Application: "Contact", InMemory: true,
	}
	if after != "" {
		r.After = &api.State{Status: after, Email: "anna@example.com"}
	}
	return r
}

func end(changed, failed int) api.ChangesEnd {
	return api.ChangesEnd{Summary: api.ChangesSummary{Changed: changed, Failed: failed}}
}

// What a filter selects is shown; the items that were shown are sent back, each as it was.
func TestAcceptByFilter(t *testing.T) {
	e := &bulkEditor{
		plan:  api.ChangesPlan{Matched: 2, Items: []api.ChangeResult{resultFor(anna, "pending", "accepted"), resultFor(bob, "accepted", "accepted")}},
		lines: []any{resultFor(anna, "pending", "accepted"), end(1, 0)},
	}
	socket := e.socket(t)
	const dryRun = `{"select":{"app":"` + "UTT7VDX8W5.com.contactApp.Contact" + `","status":"pending","domain":"example.com"},"set":{"status":"accepted"},"reason":"why","dryRun":true,"max":20000}`
	line := []string{"accept", "--app", "Contact", "--status", "pending", "--domain", "example.com", "--reason", "why"}
	command(t, socket, append(line, "--yes")...).want(t, exitDone, text(anna.String()+": accepted", bob.String()+": it is accepted already"), "")
	e.wantAsked(t, dryRun, `{"sessions":[{"session":"`+anna.String()+`","etag":"`+etagBefore+`"}],"set":{"status":"accepted"},"reason":"why"}`)

	command(t, socket, line...).want(t, exitUsage, "", "sessiond: there is no terminal to ask on: look with --dry-run, then give --yes\nTry 'sessiond accept --help'.\n")
	e.wantAsked(t)
	got := command(t, socket, append(line, "--dry-run")...)
	if got.status != exitDone || !strings.Contains(got.out, "pending → accepted") || !strings.Contains(got.out, "none, it is accepted already") {
		t.Errorf("a dry run: %+v", got)
	}
	e.wantAsked(t, dryRun)
}

// Each of those that fail is told with its reason, and the command fails.
func TestSomeOfAFilterFail(t *testing.T) {
	gone := api.NewProblem(api.KindNoFile, "there is no such session file")
	stale := api.NewProblem(api.KindChangedSince, "it is not what it was")
	stale.Current = &api.Summary{Status: "pending", Email: "otto@example.com"}
	refused := api.NewProblem(api.KindNotWritable, "the system does not allow it")
	refused.Remedy = "do this"
	carl := session.Key{App: anna.App, ID: "carl"}
	e := &bulkEditor{
		plan: api.ChangesPlan{Matched: 3, Items: []api.ChangeResult{
			resultFor(anna, "pending", ""), resultFor(bob, "accepted", ""), {Session: carl, Problem: &refused},
		}},
		lines: []any{api.ChangeResult{Session: anna, Problem: &stale}, api.ChangeResult{Session: bob, Problem: &gone}, end(0, 2)},
	}
	socket := e.socket(t)
	command(t, socket, "delete", "--email", "*@example.com", "--yes").want(t, exitFailed, "", text(
		"sessiond: "+carl.String()+": not deleted: the system does not allow it; do this",
		"sessiond: "+anna.String()+": not deleted: somebody changed it after it was shown, and nothing was done: it was pending with anna@example.com, it is now pending with otto@example.com",
		"sessiond: "+bob.String()+": not deleted: there is no such session file",
	))
	e.wantAsked(t, `{"select":{"email":"*@example.com"},"delete":true,"dryRun":true,"max":20000}`,
		`{"sessions":[{"session":"`+anna.String()+`","etag":"`+etagBefore+`"},{"session":"`+bob.String()+`","etag":"`+etagBefore+`"}],"delete":true}`)
	got := command(t, socket, "delete", "--email", "*@example.com", "--yes", "--output", "json")
	if all := decode[changes](t, got.out); got.status != exitFailed || len(all.Errors) != 3 || len(all.Sessions) != 0 {
		t.Errorf("got %+v", got)
	}
}

// An answer that breaks off leaves open what became of the others.
func TestAnswerOfManyBreaksOff(t *testing.T) {
	e := &bulkEditor{
		plan:  api.ChangesPlan{Matched: 2, Items: []api.ChangeResult{resultFor(anna, "accepted", "pending"), resultFor(bob, "accepted", "pending")}},
		lines: []any{resultFor(anna, "accepted", "pending")},
	}
	command(t, e.socket(t), "hold", "--device", "*", "--yes").want(t, exitFailed, "", "sessiond: what became of 1 session is not known, look at them again (1 were pending): "+
		"cannot read the daemon's answer: it breaks off before its end: unexpected EOF\n")
}

// A request that is refused as a whole leaves nothing open: nothing was begun.
func TestManyAreRefused(t *testing.T) {
	refused := api.NewProblem(api.KindBodyTooLarge, "the body has more than 7 bytes")
	e := &bulkEditor{
		plan:    api.ChangesPlan{Matched: 1, Items: []api.ChangeResult{resultFor(anna, "accepted", "pending")}},
		refused: &refused,
	}
	command(t, e.socket(t), "hold", "--device", "*", "--yes").want(t, exitFailed, "", "sessiond: the body has more than 7 bytes\n")
}

func TestFilterSelectsNoneOrTooMany(t *testing.T) {
	e := &bulkEditor{plan: api.ChangesPlan{Items: []api.ChangeResult{}}}
	socket := e.socket(t)
	command(t, socket, "accept", "--match", "nobody", "--yes").want(t, exitDone, "", "no such sessions in memory\n")
	e.plan = api.ChangesPlan{Matched: 20_001, Items: make([]api.ChangeResult, 1)}
	command(t, socket, "accept", "--os", "iOS", "--yes").want(t, exitFailed, "",
		"sessiond: the filter selects 20,001 sessions, and 20,000 can be changed at a time: narrow it\n")
}

func TestWrongFilters(t *testing.T) {
	for line, want := range map[string]string{
		"accept --status x":             `status is "x"`,
		"accept --domain a@b":           "domain is",
		"hold --modified-before never":  "--modified-before",
		"delete --status pending a.b/c": "either keys or a filter",
		"delete":                        "KEY is missing, or a filter such as --domain",
	} {
		e := &bulkEditor{}
		got := command(t, e.socket(t), append(strings.Fields(line), "--yes")...)
		if got.status != exitUsage || !strings.Contains(got.err, want) || len(e.asked) > 0 {
			t.Errorf("%s: %+v", line, got)
		}
	}
	command(t, "", "delete", "--email", "", "--yes").want(t, exitUsage, "", "sessiond: invalid argument \"\" for --email: it is empty; leave the flag out for all\nTry 'sessiond delete --help'.\n")
}

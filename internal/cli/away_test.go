package cli

import (
	"net/http"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

const (
	away    = `{"type":"/problems/authority-away","title":"Service Unavailable","status":503,"detail":"node north cannot be asked","remedy":"nothing was changed"}`
	unknown = `{"type":"/problems/outcome-unknown","title":"Gateway Timeout","status":504,"detail":"node north does not answer","remedy":"look at it"}`
)

// Where the authority of a follower does not answer, the next session is not tried: it would
// take as long, and end no better.
func TestAuthorityIsAway(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		status int
		says   string
	}{
		"away":    {says(503, away), exitUnreachable, "not accepted: node north cannot be asked; nothing was changed"},
		"unknown": {says(504, unknown), exitFailed, "perhaps accepted: node north does not answer; look at it"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor()
			e.files[bob] = api.State{Status: session.StatusPending}
			e.refuses = map[session.Key]http.HandlerFunc{anna: tc.answer}
			got := command(t, e.socket(t), "accept", "7023", "0123", "--yes", "-o", "json")
			same(t, got.err, text("sessiond: "+anna.String()+": "+tc.says, "sessiond: 1 other session: not tried"))
			if all := decode[changes](t, got.out); got.status != tc.status || len(all.Errors) != 2 || len(all.Sessions) != 0 {
				t.Errorf("got %+v", got)
			}
			e.wantAsked(t,
				`PATCH `+anna.Short()+`?dryRun=1  {"status":"accepted"}`, `PATCH `+bob.Short()+`?dryRun=1  {"status":"accepted"}`,
				`PATCH `+anna.Short()+`? "`+etagBefore+`" {"status":"accepted"}`)
		})
	}
	key := "POST /v1/sessions/" + anna.App + "/" + anna.ID + "/open"
	socket := serve(t, routes{"POST /v1/refresh": says(503, away), key: says(503, away)})
	command(t, socket, "refresh").want(t, exitUnreachable, "", "sessiond: node north cannot be asked; nothing was changed\n")
	command(t, socket, "open", anna.String(), "a.b/c").want(t, exitUnreachable, "", "sessiond: cannot open "+anna.String()+": node north cannot be asked; nothing was changed\n")
}

// Of many that fail since the authority does not answer, it is told once why.
func TestManyAuthorityIsAway(t *testing.T) {
	carl, dora := session.Key{App: anna.App, ID: "carl"}, session.Key{App: anna.App, ID: "dora"}
	lost := api.NewProblem(api.KindOutcomeUnknown, "no answer")
	lost.Status = http.StatusGatewayTimeout
	gone := api.NewProblem(api.KindAuthorityAway, "nobody there")
	failed := func(key session.Key, p *api.Problem) any { return api.ChangeResult{Session: key, Problem: p} }
	e := &bulkEditor{
		plan:  api.ChangesPlan{Matched: 1, Items: []api.ChangeResult{resultFor(anna, "pending", "accepted")}},
		lines: []any{failed(anna, &lost), failed(bob, &lost), failed(carl, &gone), failed(dora, &gone), end(0, 4)},
	}
	command(t, e.socket(t), "accept", "--status", "pending", "--yes").want(t, exitFailed, "", text(
		"sessiond: "+anna.String()+": perhaps accepted: no answer",
		"sessiond: 1 other session: perhaps accepted, for the same reason",
		"sessiond: "+carl.String()+": not accepted: nobody there",
		"sessiond: 1 other session: not accepted, for the same reason",
	))
}

// A follower that does not show yet what was done says so, and so does the command.
func TestNotVisibleYet(t *testing.T) {
	const note = "note: " + notVisible + "\n"
	opened := `{"session":"` + anna.String() + `","status":"accepted","visible":false}`
	socket := serve(t, routes{
		"PATCH /v1/sessions/{app}/{id}":     says(200, `{"changed":true,"inMemory":true,"visible":false}`),
		"POST /v1/sessions/{app}/{id}/open": says(200, opened),
		"POST /v1/refresh":                  says(200, `{"visible":false,"pass":7,"trigger":"socket","errors":[],"unsettled":[]}`),
	})
	command(t, socket, "accept", anna.String(), "--yes").want(t, exitDone, anna.String()+": accepted\n", note)
	command(t, socket, "open", anna.String()).want(t, exitDone, anna.String()+": opened, accepted\n", note)
	for _, output := range []string{"table", "json"} {
		if got := command(t, socket, "refresh", "-o", output); got.status != exitDone || got.err != note {
			t.Errorf("got %+v", got)
		}
	}
	if report := decode[api.Report](t, command(t, socket, "refresh", "-o", "json").out); report.Visible == nil || report.Pass != 7 {
		t.Errorf("got %+v", report)
	}
	unseen := end(1, 0)
	unseen.Summary.Visible = new(false)
	e := &bulkEditor{
		plan:  api.ChangesPlan{Matched: 1, Items: []api.ChangeResult{resultFor(anna, "pending", "accepted")}},
		lines: []any{resultFor(anna, "pending", "accepted"), unseen},
	}
	command(t, e.socket(t), "accept", "--status", "pending", "--yes").want(t, exitDone, anna.String()+": accepted\n", note)
}

// What was deleted through a follower is in its authority's trash.
func TestTrashOfTheAuthority(t *testing.T) {
	socket := serve(t, routes{
		"GET /v1/me":                     says(200, `{"level":"admin","write":{"enabled":true,"via":"node north"}}`),
		"DELETE /v1/sessions/{app}/{id}": says(200, `{"changed":true,"inMemory":false,"trash":"20261122-180000-5f0c3a9e"}`),
	})
	command(t, socket, "delete", anna.String(), "--yes").want(t, exitDone, anna.String()+": deleted, in the trash at node north as 20261122-180000-5f0c3a9e\n", "")
}

// Who is known, and who is only claimed to be it, is not to be mixed up.
func TestAuditOfFollowers(t *testing.T) {
	for want, by := range map[string]api.Actor{
		"node south (claims anna)":     {Via: "replica", Node: "south", Claimed: map[string]string{"user": "anna", "uid": "1001", "client": "console"}},
		"node south (claims uid 1001)": {Via: "replica", Node: "south", Claimed: map[string]string{"uid": "1001"}},
		"node south":                   {Via: "replica", Node: "south"},
	} {
		same(t, whoActed(&by), want)
	}
}

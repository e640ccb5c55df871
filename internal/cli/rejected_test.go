package cli

import (
	"net/http"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func TestRejected(t *testing.T) {
	syntax, token := session.NewProblem(anna, session.CodeSyntax, "it ends\x1b too early"), session.NewProblem(bob, session.CodeToken, "id")
	pages := map[string]api.RejectedPage{
		"": {Files: []api.RejectedFile{{
			ActiveError: session.ActiveError{Problem: *syntax, Since: started()}, Remedy: "correct it", Path: "/srv/x\n",
		}}, Next: "two"},
		"two": {Files: []api.RejectedFile{{ActiveError: session.ActiveError{Problem: *token, Since: started()}}}},
	}
	var asked []string
	socket := serve(t, routes{
		"GET /v1/apps": says(200, `{"apps":[]}`),
		"GET /v1/rejected": func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.RawQuery)
			says(200, asJSON(t, pages[r.URL.Query().Get("cursor")]))(w, r)
		},
	})
	command(t, socket, "rejected").want(t, exitDone, text(
		anna.String()+`: mobi 2: `+syntax.Message+`: it ends\u001b too early`,
		"    since  2026-11-22 09:00:00 (9 hours ago)",
		`    file   /srv/x\n`,
		"    to do  correct it",
		bob.String()+": "+token.String(),
		"    since  2026-11-22 09:00:00 (9 hours ago)",
		"    to do  "+remedy(token),
	), "")
	asked = nil
	command(t, socket, "rejected", "--keys", "--app", "a.b", "--limit", "1").want(t, exitDone, anna.String()+"\n", "")
	same(t, asked[0], "app=a.b&limit=1")
	got := command(t, socket, "rejected", "-o", "json")
	if all := decode[rejectedListing](t, got.out); got.status != exitDone || len(all.Files) != 2 || all.Files[1].Session != bob {
		t.Errorf("got %+v", got)
	}
	none := serve(t, routes{"GET /v1/rejected": says(200, `{"files":[]}`)})
	command(t, none, "rejected").want(t, exitDone, "", "no such files: none is rejected\n")
	command(t, none, "rejected", "-o", "json").want(t, exitDone, text("{", `  "files": []`, "}"), "")
}

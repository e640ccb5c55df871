package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

func TestApps(t *testing.T) {
	named := func(key session.Key, status, team, application, name string) *session.Session {
		return sessiontest.New(key, status, session.Details{
			Team:        session.Team{ID: team},
			Application: session.Application{ID: application, Name: name},
		})
	}
	const ok, wait = session.StatusAccepted, session.StatusPending
	loaded := pass(1, admits(
		named("T.a.b-c/1", wait, "T", "a.b-c", "Other"),
		named("T.a.b/1", ok, "T", "a.b", ""),
		named("T.a.b/2", wait, "T", "a.b", "App"),
		named("T.a.b/3", ok, "T", "a.b", "Later"),
		named("no.team/1", ok, "", "no.team", ""),
	))
	other := session.App{App: "T.a.b-c", Team: "T", Application: "a.b-c", Name: "Other", Sessions: 1, Pending: 1}
	app := session.App{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3, Pending: 1}
	noTeam := session.App{App: "no.team", Application: "no.team", Sessions: 1}

	tests := []struct {
		name   string
		passes []session.Outcome
		want   []session.App
	}{
		{"sorted by name, not by key", []session.Outcome{loaded}, []session.App{app, other, noTeam}},
		{
			"a status edited",
			[]session.Outcome{loaded, pass(2, updates(named("T.a.b/2", ok, "T", "a.b", "App"), named("no.team/1", wait, "", "no.team", "Solo")))},
			[]session.App{
				{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3},
				other,
				{App: "no.team", Application: "no.team", Name: "Solo", Sessions: 1, Pending: 1},
			},
		},
		{
			"sessions removed, the last one of an app among them",
			[]session.Outcome{loaded, pass(2, removes("T.a.b/1", "T.a.b/2", "no.team/1"))},
			[]session.App{{App: "T.a.b", Team: "T", Application: "a.b", Name: "Later", Sessions: 1}, other},
		},
		{
			"rejected files, with and without sessions beside them",
			[]session.Outcome{loaded, pass(2, removes("no.team/1"), hasProblems(
				rejected("T.a.b/4", start), rejected("T.a.b/5", start), rejected("no.team/1", start), rejected("x.y/1", start)))},
			[]session.App{
				{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3, Pending: 1, Rejected: 2},
				other,
				{App: "no.team", Rejected: 1},
				{App: "x.y", Rejected: 1},
			},
		},
		{
			"rejected files mended, changed and gone",
			[]session.Outcome{
				pass(1, hasProblems(rejected("x.y/1", start), rejected("x.y/2", start), rejected("x.z/1", start))),
				pass(2, hasProblems(rejected("x.y/2", endOf(2))), endsProblems("x.y/1", "x.z/1")),
			},
			[]session.App{{App: "x.y", Rejected: 1}},
		},
		{
			"what cannot be judged is not rejected",
			[]session.Outcome{pass(1, hasProblems(
				session.Standing{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: "x.y/1"}},
				session.Standing{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: session.FolderKey("x.z")}},
				session.Standing{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 18, Session: session.RootKey}}))},
			[]session.App{},
		},
		{
			"rejected, then not to be judged",
			[]session.Outcome{
				pass(1, hasProblems(rejected("x.y/1", start))),
				pass(2, hasProblems(session.Standing{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: "x.y/1"}})),
			},
			[]session.App{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, applied(tt.passes...).View().Apps()); diff != "" {
				t.Errorf("apps (-want +got):\n%s", diff)
			}
		})
	}
}

package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
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
		named(session.Key{App: "T.a.b-c", ID: "1"}, wait, "T", "a.b-c", "Other"),
		named(session.Key{App: "T.a.b", ID: "1"}, ok, "T", "a.b", ""),
		named(session.Key{App: "T.a.b", ID: "2"}, wait, "T", "a.b", "App"),
		named(session.Key{App: "T.a.b", ID: "3"}, ok, "T", "a.b", "Later"),
		named(session.Key{App: "no.team", ID: "1"}, ok, "", "no.team", ""),
	))
	other := store.App{App: "T.a.b-c", Team: "T", Application: "a.b-c", Name: "Other", Sessions: 1, Pending: 1}
	app := store.App{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3, Pending: 1}
	noTeam := store.App{App: "no.team", Application: "no.team", Sessions: 1}

	tests := []struct {
		name   string
		passes []session.Outcome
		want   []store.App
	}{
		{"sorted by name, not by key", []session.Outcome{loaded}, []store.App{app, other, noTeam}},
		{
			"a status edited",
			[]session.Outcome{loaded, pass(2, updates(named(session.Key{App: "T.a.b", ID: "2"}, ok, "T", "a.b", "App"), named(session.Key{App: "no.team", ID: "1"}, wait, "", "no.team", "Solo")))},
			[]store.App{
				{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3},
				other,
				{App: "no.team", Application: "no.team", Name: "Solo", Sessions: 1, Pending: 1},
			},
		},
		{
			"sessions removed, the last one of an app among them",
			[]session.Outcome{loaded, pass(2, removes(session.Key{App: "T.a.b", ID: "1"}, session.Key{App: "T.a.b", ID: "2"}, session.Key{App: "no.team", ID: "1"}))},
			[]store.App{{App: "T.a.b", Team: "T", Application: "a.b", Name: "Later", Sessions: 1}, other},
		},
		{
			"rejected files, with and without sessions beside them",
			[]session.Outcome{loaded, pass(2, removes(session.Key{App: "no.team", ID: "1"}), hasProblems(
				rejected(session.Key{App: "T.a.b", ID: "4"}, start), rejected(session.Key{App: "T.a.b", ID: "5"}, start), rejected(session.Key{App: "no.team", ID: "1"}, start), rejected(session.Key{App: "x.y", ID: "1"}, start)))},
			[]store.App{
				{App: "T.a.b", Team: "T", Application: "a.b", Name: "App", Sessions: 3, Pending: 1, Rejected: 2},
				other,
				{App: "no.team", Rejected: 1},
				{App: "x.y", Rejected: 1},
			},
		},
		{
			"rejected files corrected, changed and gone",
			[]session.Outcome{
				pass(1, hasProblems(rejected(session.Key{App: "x.y", ID: "1"}, start), rejected(session.Key{App: "x.y", ID: "2"}, start), rejected(session.Key{App: "x.z", ID: "1"}, start))),
				pass(2, hasProblems(rejected(session.Key{App: "x.y", ID: "2"}, endOf(2))), endsProblems(session.Key{App: "x.y", ID: "1"}, session.Key{App: "x.z", ID: "1"})),
			},
			[]store.App{{App: "x.y", Rejected: 1}},
		},
		{
			"what cannot be judged is not rejected",
			[]session.Outcome{pass(1, hasProblems(
				session.ActiveError{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: session.Key{App: "x.y", ID: "1"}}},
				session.ActiveError{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: session.Key{App: "x.z"}}},
				session.ActiveError{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 18, Session: session.Key{}}}))},
			[]store.App{},
		},
		{
			"rejected, then not to be judged",
			[]session.Outcome{
				pass(1, hasProblems(rejected(session.Key{App: "x.y", ID: "1"}, start))),
				pass(2, hasProblems(session.ActiveError{Problem: session.Problem{ComponentSignature: session.ComponentFile, ErrCode: 13, Session: session.Key{App: "x.y", ID: "1"}}})),
			},
			[]store.App{},
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

package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

var (
	keyA = session.Key{App: "T.a.b", ID: "1"}
	keyB = session.Key{App: "T.a.b", ID: "2"}
	keyC = session.Key{App: "T.c.d", ID: "1"}
)

func TestEmptyStore(t *testing.T) {
	v := store.New(start).View()
	if v.Len() != 0 || v.Revision() != startRevision || v.Passes() != 0 || v.NotInMemory() != 0 {
		t.Errorf("len %d, revision %d, passes %d, not in memory %d; want an empty view of revision %d",
			v.Len(), v.Revision(), v.Passes(), v.NotInMemory(), startRevision)
	}
	if v.LastPass() != nil || !v.LastSuccess().IsZero() {
		t.Errorf("last pass %v, last success %v; want none", v.LastPass(), v.LastSuccess())
	}
	if v.Problems(nil, 0) == nil || v.Unsettled(nil, 0) == nil || v.Apps() == nil {
		t.Error("a list is nil; want empty lists")
	}
	if _, ok := v.Get(keyA); ok {
		t.Error("found a session in an empty store")
	}
	if _, ok := v.Problem(keyA); ok {
		t.Error("found a problem in an empty store")
	}
	if page, next := v.Select(store.Query{Limit: 10}); len(page) != 0 || next != (session.Key{}) {
		t.Errorf("selected %v, next %s; want nothing", page, next)
	}
}

func TestApplySessions(t *testing.T) {
	var (
		old   = newSession(keyA, session.StatusPending, "old@example.com")
		fresh = newSession(keyA, session.StatusAccepted, "new@example.com")
		b     = newSession(keyB, session.StatusAccepted, "b@example.com")
	)
	tests := []struct {
		name   string
		passes []session.Outcome
		want   []session.Loaded
		rev    uint64 // since the start
	}{
		{
			"admitted",
			[]session.Outcome{pass(1, admits(old, b))},
			[]session.Loaded{loaded(old, 1, 1), loaded(b, 1, 2)},
			2,
		},
		{
			"updated",
			[]session.Outcome{pass(1, admits(old, b)), pass(2, updates(fresh))},
			[]session.Loaded{loaded(fresh, 2, 3), loaded(b, 1, 2)},
			3,
		},
		{
			"removed",
			[]session.Outcome{pass(1, admits(old, b)), pass(2, removes(keyA))},
			[]session.Loaded{loaded(b, 1, 2)},
			3,
		},
		{
			"removed and admitted again",
			[]session.Outcome{pass(1, admits(old)), pass(2, removes(keyA)), pass(3, admits(fresh))},
			[]session.Loaded{loaded(fresh, 3, 3)},
			3,
		},
		{
			"twice in one pass: the last change counts",
			[]session.Outcome{pass(1, admits(old), updates(fresh))},
			[]session.Loaded{loaded(fresh, 1, 2)},
			2,
		},
		{
			"nothing changed",
			[]session.Outcome{pass(1, admits(b)), pass(2)},
			[]session.Loaded{loaded(b, 1, 1)},
			1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := applied(tt.passes...).View()
			got, _ := v.Select(store.Query{})
			if !slices.Equal(got, tt.want) {
				t.Errorf("in memory: %s", cmp.Diff(tt.want, got))
			}
			for _, want := range tt.want {
				if got, ok := v.Get(want.Key()); !ok || got != want {
					t.Errorf("Get(%s) = %v, %t; want %v", want.Key(), got, ok, want)
				}
			}
			if v.Len() != len(tt.want) {
				t.Errorf("Len() = %d, want %d", v.Len(), len(tt.want))
			}
			if got := v.Revision() - startRevision; got != tt.rev {
				t.Errorf("revision is the start's + %d, want + %d", got, tt.rev)
			}
		})
	}
}

// What is wrong with a file and what is unsettled turn by their own lists only:
// a session that leaves takes nothing with it.
func TestApplyProblemsAndUnsettled(t *testing.T) {
	var (
		a        = newSession(keyA, session.StatusAccepted, "")
		problemA = rejected(keyA, endOf(1))
		problemC = rejected(keyC, endOf(2))
		denied   = session.ActiveError{
			Problem: session.Problem{ErrCode: 13, ComponentSignature: session.ComponentFile, Session: session.Key{App: "T.a.b"}},
			Since:   endOf(2),
		}
		changedC = session.ActiveError{Problem: *session.NewProblem(keyC, session.CodeToken, "another"), Since: endOf(3)}
		motionA  = session.Unsettled{Session: keyA, Since: endOf(1), Reason: session.ReasonInMotion}
		closedC  = session.Unsettled{Session: keyC, Since: endOf(2), Reason: session.ReasonUnreadable}
	)
	first := pass(1, admits(a), hasProblems(problemA), leaves(motionA))
	second := pass(2, hasProblems(problemC, denied), leaves(closedC))
	tests := []struct {
		name      string
		passes    []session.Outcome
		problems  []session.ActiveError
		unsettled []session.Unsettled
	}{
		{"appeared", []session.Outcome{first}, []session.ActiveError{problemA}, []session.Unsettled{motionA}},
		{
			"sorted by key",
			[]session.Outcome{first, second},
			[]session.ActiveError{denied, problemA, problemC},
			[]session.Unsettled{motionA, closedC},
		},
		{
			"changed",
			[]session.Outcome{first, second, pass(3, hasProblems(changedC))},
			[]session.ActiveError{denied, problemA, changedC},
			[]session.Unsettled{motionA, closedC},
		},
		{
			"ended",
			[]session.Outcome{first, second, pass(3, endsProblems(keyA, keyC), settles(keyC))},
			[]session.ActiveError{denied},
			[]session.Unsettled{motionA},
		},
		{
			"ended what was not there",
			[]session.Outcome{first, pass(2, endsProblems(keyC), settles(keyC))},
			[]session.ActiveError{problemA},
			[]session.Unsettled{motionA},
		},
		{
			"the session removed",
			[]session.Outcome{first, pass(2, removes(keyA))},
			[]session.ActiveError{problemA},
			[]session.Unsettled{motionA},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := applied(tt.passes...).View()
			if diff := cmp.Diff(tt.problems, v.Problems(nil, 0)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			for _, want := range tt.problems {
				if got, ok := v.Problem(want.Session); !ok || got != want {
					t.Errorf("Problem(%s) = %v, %t; want %v", want.Session, got, ok, want)
				}
			}
			if diff := cmp.Diff(tt.unsettled, v.Unsettled(nil, 0)); diff != "" {
				t.Errorf("unsettled (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLastPass(t *testing.T) {
	a := newSession(keyA, session.StatusAccepted, "")
	named := func(o *session.Outcome) {
		o.Report.Counts = session.Counts{Checked: 2, Updated: 1, Rejected: 1}
		o.Report.Errors = []session.Problem{rejected(keyC, start).Problem}
		o.NotInMemory = 12
	}
	motion := session.Unsettled{Session: keyB, Since: start, Reason: session.ReasonInMotion}
	s := applied(
		pass(1, by(session.TriggerStartup)),
		pass(2, by(session.TriggerWatch), updates(a), named, leaves(motion)),
		pass(3, by(session.TriggerRetry), settles(keyB)),
	)

	report := pass(2, by(session.TriggerWatch), named, leaves(motion)).Report
	want := report.Summary()
	if want.ErrorsTotal != 1 || want.UnsettledTotal != 1 || want.InMotion != 1 {
		t.Errorf("the summary is %+v", want)
	}
	v := s.View()
	if diff := cmp.Diff(&want, v.LastPass()); diff != "" {
		t.Errorf("last pass (-want +got):\n%s", diff)
	}
	if v.Passes() != 3 {
		t.Errorf("passes = %d, want 3: retries are passes, too", v.Passes())
	}
	if v.NotInMemory() != 0 {
		t.Errorf("not in memory = %d, want 0, as the last pass says", v.NotInMemory())
	}
}

func TestLastSuccess(t *testing.T) {
	motion := session.Unsettled{Session: keyA, Since: start, Reason: session.ReasonInMotion}
	closed := session.Unsettled{Session: keyB, Since: start, Reason: session.ReasonUnreadable}
	tests := []struct {
		name   string
		passes []session.Outcome
		want   time.Time
	}{
		{"nothing unsettled", []session.Outcome{pass(1)}, endOf(1)},
		{"in motion", []session.Outcome{pass(1), pass(2, leaves(motion))}, endOf(1)},
		{"unreadable", []session.Outcome{pass(1), pass(2, leaves(motion, closed))}, endOf(1)},
		{"never", []session.Outcome{pass(1, leaves(closed))}, time.Time{}},
		{"a rejected file is no failure", []session.Outcome{pass(1, hasProblems(rejected(keyA, start)))}, endOf(1)},
		{"a retry counts", []session.Outcome{pass(1, leaves(closed)), pass(2, by(session.TriggerRetry), settles(keyB))}, endOf(2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := applied(tt.passes...).View().LastSuccess(); !got.Equal(tt.want) {
				t.Errorf("last success %v, want %v", got, tt.want)
			}
		})
	}
}

// A view does not change, whatever is applied after it was taken.
func TestViewStays(t *testing.T) {
	before := many(1000, "before@example.com")
	s := applied(pass(1, admits(before...), hasProblems(rejected(keyA, start))))
	v := s.View()

	var gone []session.Key
	for _, old := range before[:900] {
		gone = append(gone, old.Key())
	}
	s.Apply(pass(2, updates(many(1000, "after@example.com")...), endsProblems(keyA)))
	s.Apply(pass(3, removes(gone...)))

	page, _ := v.Select(store.Query{})
	for i, loaded := range page {
		if loaded.Session != before[i] {
			t.Fatalf("session %d of the old view is not what it was", i)
		}
	}
	if v.Len() != 1000 || len(page) != 1000 || len(v.Problems(nil, 0)) != 1 || v.Passes() != 1 {
		t.Errorf("the old view has %d sessions (%d listed), %d problems, %d passes; want 1000, 1, 1",
			v.Len(), len(page), len(v.Problems(nil, 0)), v.Passes())
	}
	if now := s.View(); now.Len() != 100 {
		t.Errorf("the new view has %d sessions, want 100", now.Len())
	}
}

package store_test

import (
	"slices"
	"testing"

	"sessiond/internal/session"
)

// What covers a folder comes before what concerns one file, and a page goes on where
// the one before it ended.
func TestProblemsArePaged(t *testing.T) {
	keys := []session.Key{{App: "z.z"}, {App: "a.b", ID: "1"}, {}, {App: "a.b", ID: "2"}, {App: "a.b"}, {App: "z.z", ID: "0"}}
	want := []session.Key{{}, {App: "a.b"}, {App: "z.z"}, {App: "a.b", ID: "1"}, {App: "a.b", ID: "2"}, {App: "z.z", ID: "0"}}
	s := applied(pass(1))
	for i, key := range keys {
		s.Apply(pass(2+i, hasProblems(rejected(key, start)), leaves(session.Unsettled{Session: key, Reason: session.ReasonUnreadable})))
	}
	v := s.View()
	for limit := range len(want) + 2 {
		var problems, unsettled []session.Key
		for after := (*session.Key)(nil); ; {
			page := v.Problems(after, limit)
			for _, p := range page {
				problems = append(problems, p.Session)
			}
			if len(page) == 0 || limit == 0 {
				break
			}
			after = &page[len(page)-1].Session
		}
		for after := (*session.Key)(nil); ; {
			page := v.Unsettled(after, limit)
			for _, u := range page {
				unsettled = append(unsettled, u.Session)
			}
			if len(page) == 0 || limit == 0 {
				break
			}
			after = &page[len(page)-1].Session
		}
		if !slices.Equal(problems, want) || !slices.Equal(unsettled, want) {
			t.Errorf("pages of %d:\nproblems  %q\nunsettled %q\nwant      %q", limit, problems, unsettled, want)
		}
	}
	if after := want[3]; !slices.Equal(v.Problems(&after, 1), v.Problems(nil, 0)[4:5]) {
		t.Errorf("after %s comes %+v", after, v.Problems(&after, 1))
	}
}

package control_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// wrong applies a pass that found errors about some keys and left some unsettled.
func (w *world) wrong(errors, unsettled []session.Key) {
	o := session.Outcome{Report: session.Report{Trigger: session.TriggerWatch}}
	for _, key := range errors {
		o.Problems = append(o.Problems, session.Transition[session.ActiveError]{
			Session: key, Now: &session.ActiveError{Problem: *session.NewProblem(key, session.CodeSyntax, ""), Since: start()},
		})
	}
	for _, key := range unsettled {
		o.Unsettled = append(o.Unsettled, session.Transition[session.Unsettled]{
			Session: key, Now: &session.Unsettled{Session: key, Since: start(), Reason: session.ReasonUnreadable},
		})
	}
	w.store.Apply(o)
}

// All errors and all that is unsettled are there, once, however large the pages are,
// and what is said of one key is on one page.
func TestErrorsPageByPage(t *testing.T) {
	root, folder, other := session.Key{}, session.Key{App: "b.c"}, session.Key{App: "a.b"}
	both := []session.Key{root, folder}
	errors, unsettled := slices.Clone(both), append(slices.Clone(both), other)
	for i := range 12 {
		key := session.Key{App: "a.b", ID: fmt.Sprintf("%02d", i)}
		if i%4 != 0 {
			errors = append(errors, key)
		}
		if i%4 > 1 || i%4 == 0 {
			unsettled = append(unsettled, key)
		}
	}
	w := newWorld(t)
	w.wrong(errors, unsettled)
	slices.SortFunc(errors, session.Key.CompareReach)
	slices.SortFunc(unsettled, session.Key.CompareReach)
	const keys = 15
	for _, limit := range []int{1, 2, 3, 7, keys - 1, keys, keys + 1, 1000} {
		var gotErrors, gotUnsettled []session.Key
		pages := 0
		for cursor := ""; ; pages++ {
			page, err := w.client.Errors(t.Context(), limit, cursor)
			if err != nil {
				t.Fatal(err)
			}
			if page.ErrorsTotal != len(errors) || page.UnsettledTotal != len(unsettled) ||
				page.Epoch != w.store.View().Epoch() || page.Revision != w.store.View().Revision() {
				t.Errorf("the page says %+v", page)
			}
			told := map[session.Key]bool{}
			for _, e := range page.Errors {
				gotErrors, told[e.Session] = append(gotErrors, e.Session), true
			}
			for _, u := range page.Unsettled {
				gotUnsettled, told[u.Session] = append(gotUnsettled, u.Session), true
			}
			if len(told) > limit || len(told) == 0 {
				t.Errorf("a page of %d tells of %d keys", limit, len(told))
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if want := (keys - 1) / limit; pages != want {
			t.Errorf("%d pages of %d, want %d", pages+1, limit, want+1)
		}
		if !slices.Equal(gotErrors, errors) || !slices.Equal(gotUnsettled, unsettled) {
			t.Errorf("pages of %d:\nerrors    %q\nwant      %q\nunsettled %q\nwant      %q", limit, gotErrors, errors, gotUnsettled, unsettled)
		}
	}
	all, err := w.client.AllErrors(t.Context())
	if err != nil || len(all) != len(errors) {
		t.Errorf("%d errors, %v; want %d", len(all), err, len(errors))
	}
}

func TestNoErrors(t *testing.T) {
	w := newWorld(t)
	page := read[api.ErrorPage](t, w.get("/v1/errors").mustBe(t, "application/json"))
	if page.Errors == nil || page.Unsettled == nil || page.Next != "" {
		t.Errorf("%+v", page)
	}
	w.get("/v1/errors?limit=1001").mustFail(t, http.StatusBadRequest, "1 to 1000")
	w.get("/v1/errors?cursor=x").mustFail(t, http.StatusBadRequest, "cursor")
}

package control_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

func TestDuplicates(t *testing.T) {
	w := newWorld(t, writing)
	var all []*session.Session
	for i := range 3 {
		for _, app := range []string{"T.a.b", "a.b"} {
			all = append(all, sessiontest.New(session.Key{App: app, ID: fmt.Sprint(i)}, session.StatusAccepted, session.Details{
				Application: session.Application{ID: "a.b"}, Device: session.Device{ID: fmt.Sprint(i)},
			}))
		}
	}
	w.pass(all...)
	var groups []api.DuplicateGroup
	q := client.DuplicateQuery{Limit: 2}
	for {
		page, err := w.client.Duplicates(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, page.Duplicates...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(groups) != 3 || !groups[0].Certain || groups[0].Total != 2 || groups[0].Sessions[0].Session != all[5].Key() || groups[0].Sessions[1].Session != all[4].Key() {
		t.Errorf("got %+v", groups)
	}
	for query, want := range map[string]int{"app=a.b": 3, "app=b": 0, "kind=certain": 3, "kind=likely": 0} {
		if got := read[api.DuplicatePage](t, w.get("/v1/duplicates?"+query)); len(got.Duplicates) != want {
			t.Errorf("%s: %d groups, want %d", query, len(got.Duplicates), want)
		}
	}
	older := read[api.Page](t, w.get("/v1/sessions?duplicate=any&sort=-key&app=T.a.b"))
	if len(older.Sessions) != 3 || *older.Total != 3 || older.Sessions[0].Session != all[4].Key() {
		t.Errorf("the older ones are %v", older.Sessions)
	}
	var planned []session.Key
	w.admin.many = func(_ context.Context, items []edit.Item, tell func([]admin.Ended)) {
		for _, item := range items {
			planned = append(planned, item.Key)
			tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: item.Key}}, Err: &edit.Error{}}})
		}
	}
	plan := read[api.ChangesPlan](t, w.changes(`{"select":{"duplicate":"certain"},"delete":true,"dryRun":true,"max":2}`).mustBe(t, "application/json"))
	if plan.Matched != 3 || len(planned) != 2 || planned[0] != all[0].Key() {
		t.Errorf("a change of duplicates would be made to %v, of %d", planned, plan.Matched)
	}
	w.changes(`{"select":{"seenBefore":"2026-01-01T00:00:00Z"},"delete":true,"dryRun":true}`).mustFail(t, http.StatusBadRequest, "not collected")
	w.get("/v1/duplicates?kind=some").mustFail(t, http.StatusBadRequest, `"certain" or "likely"`)
	w.get("/v1/duplicates?cursor=x").mustFail(t, http.StatusBadRequest, "cursor")
}

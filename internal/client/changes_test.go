package client_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// manyChanges are as many changes as there may be, of sessions whose keys are as long as
// names of files can be.
func manyChanges() api.Changes {
	asked := api.Changes{Delete: true, Reason: "why", Sessions: make([]api.ChangeItem, api.MaxChanges)}
	for i := range asked.Sessions {
		key := session.Key{App: "T." + strings.Repeat("é", 126), ID: fmt.Sprintf("%0255d", i)}
		asked.Sessions[i] = api.ChangeItem{Session: key, ETag: fmt.Sprintf("%032x", i)}
	}
	return asked
}

// changesDaemon answers changes as the daemon does, and from the request refuseAt on refuses
// them.
func changesDaemon(t *testing.T, refuseAt int) *client.Client {
	requests := 0
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests++
		var asked api.Changes
		switch err := json.Unmarshal(body, &asked); {
		case len(body) > api.MaxChangesBody:
			say(http.StatusRequestEntityTooLarge, "application/problem+json", `{"type":"/problems/body-too-large","status":413,"detail":"too long"}`)(w, r)
			return
		case requests == refuseAt:
			say(http.StatusServiceUnavailable, "application/problem+json", `{"type":"/problems/stopping","status":503,"detail":"the daemon is stopping"}`)(w, r)
			return
		case err != nil || asked.Reason != "why" || !asked.Delete:
			t.Errorf("asked for %+v, %v", asked, err)
		case asked.DryRun:
			sayPlan(t, &asked)(w, r)
			return
		}
		var lines strings.Builder
		for _, item := range asked.Sessions {
			line, err := json.Marshal(api.ChangeResult{Session: item.Session, ETag: item.ETag, Changed: true})
			if err != nil {
				t.Error(err)
			}
			lines.Write(append(line, '\n'))
		}
		visible := ""
		if requests == 1 { // what is seen of a later one is seen of this, too
			visible = `,"visible":false`
		}
		fmt.Fprintf(&lines, `{"summary":{"changed":%d,"unchanged":0,"failed":0%s}}`+"\n", len(asked.Sessions), visible)
		say(http.StatusOK, "application/x-ndjson", lines.String())(w, r)
	})
}

// sayPlan answers a dry run: each second session would be deleted, the others are not there.
func sayPlan(t *testing.T, asked *api.Changes) http.HandlerFunc {
	plan := api.ChangesPlan{Matched: len(asked.Sessions)}
	for i, item := range asked.Sessions {
		plan.Items = append(plan.Items, api.ChangeResult{Session: item.Session, ETag: item.ETag})
		if i%2 == 0 {
			plan.Would.Change++
		} else {
			plan.Would.Refuse++
		}
	}
	body, err := json.Marshal(plan)
	if err != nil {
		t.Error(err)
	}
	return say(http.StatusOK, "application/json", string(body))
}

// A dry run of what is too long for one request is sent with several, too.
func TestLongDryRunsAreSplit(t *testing.T) {
	asked := manyChanges()
	plan, err := changesDaemon(t, 0).PlanChanges(t.Context(), asked)
	n := len(asked.Sessions)
	if err != nil || plan.Matched != n || len(plan.Items) != n || plan.Would.Nothing != 0 || plan.Would.Change < n/2 || plan.Would.Change+plan.Would.Refuse != n {
		t.Fatalf("%d items of %d, %+v: %v", len(plan.Items), plan.Matched, plan.Would, err)
	}
	for i, item := range asked.Sessions {
		if plan.Items[i].Session != item.Session {
			t.Fatalf("number %d is %q, want %q", i, plan.Items[i].Session, item.Session)
		}
	}
	if _, err := changesDaemon(t, 2).PlanChanges(t.Context(), asked); err == nil {
		t.Error("nothing says that a part was refused")
	}
}

// What is too long for one request is sent with several, and answered as with one.
func TestLongChangesAreSplit(t *testing.T) {
	asked := manyChanges()
	var told []api.ChangeItem
	sum, err := changesDaemon(t, 0).MakeChanges(t.Context(), asked, func(r api.ChangeResult) {
		told = append(told, api.ChangeItem{Session: r.Session, ETag: r.ETag})
	})
	if want := (api.ChangesSummary{Changed: len(asked.Sessions)}); err != nil || sum != want {
		t.Fatalf("the end is %+v, %v", sum, err)
	}
	for i, item := range asked.Sessions {
		if told[i] != item {
			t.Fatalf("number %d is %+v, want %+v", i, told[i], item)
		}
	}
}

// Where the daemon refuses to go on, what was not begun is told as such.
func TestSplitChangesThatAreRefused(t *testing.T) {
	asked := manyChanges()
	changed, stopped := 0, 0
	sum, err := changesDaemon(t, 3).MakeChanges(t.Context(), asked, func(r api.ChangeResult) {
		switch {
		case r.Changed:
			changed++
		case r.Problem != nil && r.Problem.Type == api.KindStopping && r.Session == asked.Sessions[changed+stopped].Session:
			stopped++
		}
	})
	if want := (api.ChangesSummary{Changed: changed, Failed: stopped}); err != nil || sum != want || changed == 0 || changed+stopped != len(asked.Sessions) {
		t.Errorf("the end is %+v, %v; %d are changed, %d stopped", sum, err, changed, stopped)
	}
	if _, err := changesDaemon(t, 1).MakeChanges(t.Context(), asked, func(r api.ChangeResult) { t.Errorf("%s is told of", r.Session) }); err == nil {
		t.Error("nothing says that all of it was refused")
	}
}

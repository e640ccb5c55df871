package daemon

import (
	"path/filepath"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// Many changes, whose request is longer than the broker takes, come to the authority in
// several, and each is told once.
func TestFollowerChangesMany(t *testing.T) {
	const most = 2500
	b := newBroker(t, func(o *server.Options) { o.MaxPayload = 128 << 10 })
	root := filepath.Join(t.TempDir(), "MobileApps")
	for n := range most {
		put(t, root, n)
	}
	north := authorityOver(t, b, root, writes("south"))
	south := followerOf(t, b, "south")
	south.becomes(t, "full", func(s api.Status) bool { return s.Sessions == most && s.Write.Enabled })
	status := session.StatusPending
	asked := api.Changes{Select: &session.Filter{App: passestest.Key(1).App}, Set: &api.Set{Status: &status}, Max: most, Reason: "a test"}
	plan, err := south.PlanChanges(t.Context(), asked)
	if err != nil || plan.Matched != most || len(plan.Items) != most || plan.Would.Change != most {
		t.Fatalf("the plan has %d of %d sessions, would %+v: %v", len(plan.Items), plan.Matched, plan.Would, err)
	}
	asked.Select, asked.Max = nil, 0
	for _, item := range plan.Items {
		asked.Sessions = append(asked.Sessions, api.ChangeItem{Session: item.Session, ETag: item.ETag})
	}
	asked.Sessions[7].ETag = asked.Sessions[8].ETag // somebody else has changed it since
	again, err := south.PlanChanges(t.Context(), asked)
	if err != nil || len(again.Items) != most || again.Would.Change != most-1 || again.Items[9].Session != asked.Sessions[9].Session {
		t.Errorf("the plan by session has %d sessions, would %+v: %v", len(again.Items), again.Would, err)
	}
	told := map[session.Key]int{}
	sum, err := south.MakeChanges(t.Context(), asked, func(r api.ChangeResult) {
		told[r.Session]++
		if failed := r.Problem != nil; failed != (r.Session == asked.Sessions[7].Session) || failed && r.Problem.Type != api.KindChangedSince {
			t.Errorf("a line is %+v, %+v", r, r.Problem)
		}
	})
	if err != nil || sum != (api.ChangesSummary{Changed: most - 1, Failed: 1}) || len(told) != most {
		t.Errorf("the summary is %+v, %d sessions: %v", sum, len(told), err)
	}
	for key, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", key, n)
		}
	}
	for name, n := range map[string]*node{"authority": north, "follower": south} {
		if s, err := n.Status(t.Context()); err != nil || s.Pending != most-1 {
			t.Errorf("the %s has %d pending sessions, %v", name, s.Pending, err)
		}
	}
	page, err := north.Audit(t.Context(), client.AuditQuery{Action: "hold", Limit: 1})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Actor.Node != "south" || page.Entries[0].Reason != "a test" {
		t.Errorf("the audit has %+v, %v", page, err)
	}
}

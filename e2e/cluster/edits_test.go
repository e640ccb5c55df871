//go:build unix && cluster

package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// As many sessions as one request may have are changed through a follower. Then they are
// changed back, and the authority is killed in the middle: what the follower says of each
// session is so, of a part at most it says that nobody knows, and nothing is left behind.
func TestEditsThroughAFollower(t *testing.T) {
	b := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	root, kept := filepath.Join(t.TempDir(), "MobileApps"), t.TempDir()
	harness.Fill(t, root, app, api.MaxChanges)
	args := []string{
		"--write", "on", "--replica-editors", "south",
		"--trash-dir", filepath.Join(kept, "trash"), "--audit-log", filepath.Join(kept, "audit.jsonl"),
	}
	north := publishes(t, b.URL(), "north", root, args...)
	south, west := follows(t, b.URL(), "south"), follows(t, b.URL(), "west")
	equal(t, north, south, west)

	pending, accepted := session.StatusPending, session.StatusAccepted
	hold := planned(t, south, pending)
	told := 0
	sum, err := south.MakeChanges(t.Context(), hold, func(api.ChangeResult) { told++ })
	harness.Must(t, err)
	if told != api.MaxChanges || sum.Changed != api.MaxChanges {
		t.Fatalf("%d sessions were told, %+v", told, sum)
	}
	equal(t, north, south, west)
	if s, err := west.Now(); err != nil || s.Pending != api.MaxChanges {
		t.Errorf("another follower has %d pending sessions, %v", s.Pending, err)
	}

	back := planned(t, south, accepted)
	lines := map[session.Key]*api.Problem{}
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		middle := back.Sessions[api.MaxChanges/4+100].Session // not where a part ends
		for end := time.Now().Add(harness.Patience); !isAccepted(t, root, middle) && time.Now().Before(end); {
			time.Sleep(time.Millisecond) // a part takes some tenths of a second
		}
		north.Kill()
	}()
	sum, err = south.MakeChanges(t.Context(), back, func(r api.ChangeResult) { lines[r.Session] = r.Problem })
	<-killed
	harness.Must(t, err)
	unknown := 0
	for key, problem := range lines {
		made := isAccepted(t, root, key)
		switch {
		case problem != nil && problem.Type == api.KindOutcomeUnknown:
			unknown++
		case problem != nil && problem.Type != api.KindAuthorityAway, made != (problem == nil):
			t.Fatalf("%s is changed: %v, and the line says %+v", key, made, problem)
		}
	}
	if len(lines) != api.MaxChanges || sum.Changed+sum.Failed != api.MaxChanges || unknown == 0 || unknown > 1000 {
		t.Errorf("%d sessions were told, %+v, of %d nobody knows", len(lines), sum, unknown)
	}

	north = publishes(t, b.URL(), "north", root, args...)
	equal(t, north, south, west)
	if s, err := north.Now(); err != nil || s.Sessions != api.MaxChanges || s.Rejected != 0 {
		t.Errorf("after the start there are %d sessions, %d rejected: %v", s.Sessions, s.Rejected, err)
	}
}

func isAccepted(t *testing.T, root string, key session.Key) bool {
	text, err := os.ReadFile(harness.FileOf(root, key))
	if err != nil {
		t.Error(err)
	}
	return !strings.Contains(string(text), `"pending"`)
}

// planned returns the change of all sessions to a status, as a dry run through a daemon shows it.
func planned(t *testing.T, d *harness.Daemon, status string) api.Changes {
	t.Helper()
	asked := api.Changes{Select: &session.Filter{App: app}, Set: &api.Set{Status: &status}, Max: api.MaxChanges}
	plan, err := d.PlanChanges(t.Context(), asked)
	harness.Must(t, err)
	asked.Select, asked.Max = nil, 0
	for _, item := range plan.Items {
		asked.Sessions = append(asked.Sessions, api.ChangeItem{Session: item.Session, ETag: item.ETag})
	}
	return asked
}

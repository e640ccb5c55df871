//go:build unix

package changes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

const app = "com.example.many"

// places are where a daemon that changes files has what it needs.
type places struct{ root, audit, trash string }

// newPlaces returns places in a folder.
func newPlaces(folder string) places {
	return places{filepath.Join(folder, "MobileApps"), filepath.Join(folder, "audit.jsonl"), filepath.Join(folder, "trash")}
}

// args are the daemon's.
func (p places) args(more ...string) []string {
	return append([]string{
		"--write", "on", "--audit-log", p.audit, "--trash-dir", p.trash, "--settle", "50ms", "--log-level", "info",
	}, more...)
}

// hold is what the tests ask for that do not care.
func hold() api.Changes { return api.Changes{Set: &api.Set{Status: new(session.StatusPending)}} }

// showAll has a dry run show all sessions, and returns the request that changes them.
func showAll(t *testing.T, d *harness.Daemon, what api.Changes) api.Changes {
	t.Helper()
	what.Reason = "a test"
	asked := what
	asked.Select, asked.Max = &session.Filter{App: app}, api.MaxChanges
	plan, err := d.PlanChanges(t.Context(), asked)
	harness.Must(t, err)
	for _, item := range plan.Items {
		if item.Problem != nil || !item.Changed {
			t.Fatalf("the plan has %+v", item)
		}
		what.Sessions = append(what.Sessions, api.ChangeItem{Session: item.Session, ETag: item.ETag})
	}
	return what
}

// isHeldAsTold holds what a line says against the file, where nobody else changes that.
func isHeldAsTold(t *testing.T, root string, line api.ChangeResult) {
	t.Helper()
	data, err := os.ReadFile(harness.FileOf(root, line.Session))
	harness.Must(t, err)
	if digest := session.DigestOf(data).String(); line.Problem == nil && digest != line.ETag {
		t.Errorf("%q has the entity tag %s, told: %+v", line.Session, digest, line)
	}
	if line.Problem != nil && strings.Contains(string(data), session.StatusPending) {
		t.Errorf("%q was changed, told: %+v", line.Session, line.Problem)
	}
}

// temporaries returns what is left of changes.
func temporaries(t *testing.T, root string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(root, "*", ".sessiond-*"))
	harness.Must(t, err)
	return left
}

// leavesNothing waits until no temporary file is left.
func leavesNothing(t *testing.T, root string) {
	t.Helper()
	var left []string
	if !harness.Eventually(func() bool { left = temporaries(t, root); return len(left) == 0 }) {
		t.Errorf("%d files are left behind, as %q", len(left), left[0])
	}
}

// inTrash returns the ids of what is in the trash, by session.
func inTrash(t *testing.T, d *harness.Daemon) map[session.Key]string {
	t.Helper()
	kept := make(map[session.Key]string)
	for q := (client.TrashQuery{Limit: 1000}); ; {
		page, err := d.Trash(t.Context(), q)
		harness.Must(t, err)
		for _, item := range page.Items {
			kept[item.Session] = item.ID
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return kept
		}
	}
}

// countAudit counts the lines of the audit that have a result.
func (p places) countAudit(t *testing.T, result string) int {
	t.Helper()
	text, err := os.ReadFile(p.audit)
	harness.Must(t, err)
	return strings.Count(string(text), `"result":"`+result+`"`)
}

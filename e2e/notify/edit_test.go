//go:build unix

package notify

import (
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// A session that a server made since the start is not in the daemon's memory, so that no
// pass updates or removes it. What an administrator does to its file is told all the same:
// who is logged out must not go on there.
func TestServerFollowsEditsOfUnloaded(t *testing.T) {
	t.Parallel()
	root, folder := t.TempDir(), t.TempDir()
	harness.Fill(t, root, app, 3)
	s := newServer(t, root)
	d := s.launch(t, "--admit=restore", "--write=on",
		"--trash-dir", filepath.Join(folder, "trash"), "--audit-log", filepath.Join(folder, "audit.jsonl"))
	follows(t, d)
	harness.Save(t, root, key(7), "new@example.com")
	s.makes(t, key(7))
	d.Reach(t, "the file is seen", func(s *api.Status) bool { return s.NotInMemory == 1 })

	email := "other@example.com"
	_, err := d.Change(t.Context(), key(7), api.Set{Email: &email}, client.EditOptions{})
	harness.Must(t, err)
	until(t, "the server has the edit", func() bool { return s.has(key(7), email) })
	if n, got := s.asked(); n != 2 || got.Updated != 1 || got.Removed != 0 || got.Trigger != session.TriggerEdit {
		t.Errorf("after the edit it was asked %d times, last %+v", n, got)
	}
	_, err = d.Delete(t.Context(), key(7), client.EditOptions{})
	harness.Must(t, err)
	until(t, "the server has logged out the session", func() bool { return !s.has(key(7), "") })
	if n, got := s.asked(); n != 3 || got.Updated != 0 || got.Removed != 1 || got.Trigger != session.TriggerEdit {
		t.Errorf("after the deletion it was asked %d times, last %+v", n, got)
	}
}

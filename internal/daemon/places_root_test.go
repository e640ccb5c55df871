//go:build !windows

package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/config"
)

// What is kept below the root would be taken for a part of the tree: the daemon does not
// start, says which setting it is, and makes nothing there.
func TestNothingIsKeptInTheRoot(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	link := filepath.Join(other, "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*config.Settings)
		key    string // empty where it is allowed
	}{
		"a folder in it":     {func(s *config.Settings) { s.TrashDir = filepath.Join(root, "a.b", "trash") }, config.KeyTrashDir},
		"the root itself":    {func(s *config.Settings) { s.TrashDir = root }, config.KeyTrashDir},
		"a file in it":       {func(s *config.Settings) { s.AuditLog = filepath.Join(root, "audit.jsonl") }, config.KeyAuditLog},
		"last seen":          {func(s *config.Settings) { s.SeenFile = filepath.Join(root, "seen") }, config.KeySeenFile},
		"by a link":          {func(s *config.Settings) { s.TrashDir = filepath.Join(link, "new", "trash") }, config.KeyTrashDir},
		"beside it":          {func(s *config.Settings) { s.TrashDir = root + "-trash" }, ""},
		"with dots, outside": {func(s *config.Settings) { s.TrashDir = filepath.Join(filepath.Dir(root), "..trash") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := config.Settings{Root: root, Socket: filepath.Join(shortDir(t), "s"), Write: true, Places: map[string]string{}}
			s.TrashDir, s.AuditLog, s.SeenFile = filepath.Join(other, "t"), filepath.Join(other, "a"), filepath.Join(other, "n")
			c.change(&s)
			if c.key == "" {
				if err := checkPlaces(s, placesOf(s, 0, os.Getenv)); err != nil {
					t.Error(err)
				}
				return
			}
			_, err := New(Options{Settings: s, Log: zap.NewNop()})
			if wrong, ok := errors.AsType[*config.Error](err); !ok || wrong.Key != c.key || !strings.Contains(err.Error(), "MobileApps folder") {
				t.Errorf("New = %v", err)
			}
		})
	}
	if left, err := os.ReadDir(root); len(left) > 0 || err != nil {
		t.Errorf("in the root there are %v, %v", left, err)
	}
}

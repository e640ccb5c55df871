//go:build root

package changes

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// What was mounted over an app folder a moment ago, which no pass has looked at, is not what
// sessions in memory are of: nothing there is changed, although its files have their names
// and their content.
func TestMountedOverBeforeAnEdit(t *testing.T) {
	for name, change := range map[string]func(d *harness.Daemon, key session.Key) error{
		"change": func(d *harness.Daemon, key session.Key) error {
			_, err := d.Change(t.Context(), key, api.Set{Status: new(session.StatusPending)}, client.EditOptions{})
			return err
		},
		"deletion": func(d *harness.Daemon, key session.Key) error {
			_, err := d.Delete(t.Context(), key, client.EditOptions{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.PrivateMounts(t)
			p := newPlaces(harness.RoomyFolder(t))
			harness.Fill(t, p.root, app, 3)
			d := harness.Launch(t, p.root, p.args("--watch", "off", "--resync", "0", "--poll", harness.Never)...)
			key := harness.NthKey(app, 0)
			file := harness.FileOf(p.root, key)
			was, err := os.ReadFile(file)
			harness.Must(t, err)
			harness.MountMemory(t, filepath.Join(p.root, app), "")
			harness.Must(t, os.WriteFile(file, was, 0o644))

			failed := change(d, key)
			if why, ok := errors.AsType[*client.ProblemError](failed); !ok || why.Kind != api.KindFileBusy {
				t.Errorf("on another mount: %v", failed)
			}
			if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, was) {
				t.Errorf("the file is %s, %v", now, err)
			}
			// It has a pass look, which says that the tree is not there.
			d.Reach(t, "noticing the mount", func(s *api.Status) bool { return s.Unreadable > 0 && s.Sessions == 3 })
			harness.Must(t, harness.Detach(filepath.Join(p.root, app)))
			if !harness.Eventually(func() bool { return change(d, key) == nil }) {
				t.Error("it cannot be changed once the mount is gone")
			}
		})
	}
}

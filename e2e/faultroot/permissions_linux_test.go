//go:build root

package faultroot

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// asNobody runs a daemon as a user who owns nothing.
func asNobody() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: harness.Nobody, Gid: harness.Nobody}}
}

// openFolder returns a folder that everybody may look into.
func openFolder(t *testing.T) string {
	t.Helper()
	folder := harness.ShortFolder(t)
	harness.Must(t, os.Chmod(folder, 0o755))
	return folder
}

// TestPermissionsTakenAndGiven takes the right to read a file, an app folder or the
// root from a daemon of an ordinary user, and gives it back. Meanwhile all stays as it
// was; afterwards what was edited is seen, although no event tells of a right.
func TestPermissionsTakenAndGiven(t *testing.T) {
	const app = "com.example.a"
	key := harness.NthKey(app, 0)
	for name, c := range map[string]struct {
		path  string // below the root
		given os.FileMode
		about session.Key
	}{
		"file":       {key.String(), 0o644, key},
		"app folder": {app, 0o755, session.Key{App: app}},
		"root":       {"", 0o755, session.Key{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := filepath.Join(openFolder(t), "MobileApps")
			harness.Fill(t, root, app, 2)
			harness.Fill(t, root, "com.example.b", 1)
			d := harness.Setting{Attr: asNobody()}.Launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			d.Loads(t, 3)
			path := filepath.Join(root, c.path)
			harness.Must(t, os.Chmod(path, 0))
			harness.Must(t, harness.Rewrite(harness.FileOf(root, key), harness.NewContent(key).With("email", "second@example.com").Bytes(), func() {}))
			d.FullPass(t)
			d.Reach(t, "without the right", func(s *api.Status) bool { return harness.IsUnreadable(s, c.about, syscall.EACCES) })
			d.Loads(t, 3)
			d.Has(t, key, "first@example.com")
			harness.Must(t, os.Chmod(path, c.given))
			d.Shows(t, key, "second@example.com")
			d.Reach(t, "well", harness.IsWell)
			harness.Save(t, root, key, "third@example.com")
			d.Shows(t, key, "third@example.com")
		})
	}
}

// TestSocketFolderOfAnother has somebody else make the folder of the user's own
// socket first: the daemon does not start there.
func TestSocketFolderOfAnother(t *testing.T) {
	for name, c := range map[string]struct {
		owner int
		mode  os.FileMode
	}{
		"another's":      {0, 0o700},
		"open to others": {harness.Nobody, 0o755},
	} {
		t.Run(name, func(t *testing.T) {
			temp := openFolder(t)
			folder := filepath.Join(temp, "sessiond-65534")
			harness.Must(t, os.Mkdir(folder, 0o700))
			harness.Must(t, os.Chmod(folder, c.mode))
			harness.Must(t, os.Chown(folder, c.owner, c.owner))
			ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, "sessiond", "run", "--root", temp)
			cmd.Dir, cmd.SysProcAttr = "/", asNobody()
			cmd.Env = []string{"TMPDIR=" + temp, "SESSIOND_CONFIG=" + os.DevNull}
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), folder) {
				t.Errorf("the daemon ended with %v: %s", err, out)
			}
		})
	}
}

// TestDevices puts devices under the names of a session and of an app folder.
func TestDevices(t *testing.T) {
	root := t.TempDir()
	const app = "com.example.a"
	harness.Fill(t, root, app, 2)
	d := harness.Launch(t, root, "--settle", "20ms", "--resync", "0")
	d.Loads(t, 2)
	zero, loop := int(unix.Mkdev(1, 5)), int(unix.Mkdev(7, 0))
	harness.Must(t, unix.Mknod(filepath.Join(root, app, "zero"), unix.S_IFCHR|0o666, zero))
	harness.Must(t, unix.Mknod(filepath.Join(root, app, "loop"), unix.S_IFBLK|0o666, loop))
	harness.Must(t, unix.Mknod(filepath.Join(root, "com.example.zero"), unix.S_IFCHR|0o666, zero))
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(app, 0))))
	harness.Must(t, unix.Mknod(harness.FileOf(root, harness.NthKey(app, 0)), unix.S_IFCHR|0o666, zero))
	d.Loads(t, 1)
	if report := d.FullPass(t); report.Checked != 1 || len(report.Errors) > 0 {
		t.Errorf("refresh: %+v", report)
	}
}

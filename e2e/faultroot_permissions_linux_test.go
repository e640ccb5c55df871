//go:build root

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// asNobody runs a daemon as a user who owns nothing.
func asNobody() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// openFolder returns a folder that everybody may look into.
func openFolder(t *testing.T) string {
	t.Helper()
	folder := shortFolder(t)
	must(t, os.Chmod(folder, 0o755))
	return folder
}

// TestPermissionsTakenAndGiven takes the right to read a file, an app folder or the
// root from a daemon of an ordinary user, and gives it back. Meanwhile all stays as it
// was; afterwards what was edited is seen, although no event tells of a right.
func TestPermissionsTakenAndGiven(t *testing.T) {
	const app = "com.example.a"
	key := keyFor(app, 0)
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
			fill(t, root, app, 2)
			fill(t, root, "com.example.b", 1)
			d := setting{attr: asNobody()}.launch(t, root, "--settle", "50ms", "--poll", "100ms", "--resync", "0")
			d.loads(t, 3)
			path := filepath.Join(root, c.path)
			must(t, os.Chmod(path, 0))
			must(t, rewrite(fileOf(root, key), newContent(key).with("email", "second@example.com").bytes(), func() {}))
			d.refresh(t)
			d.reach(t, "without the right", func(s *session.Status) bool { return isUnreadable(s, c.about, syscall.EACCES) })
			d.loads(t, 3)
			d.has(t, key, "first@example.com")
			must(t, os.Chmod(path, c.given))
			d.shows(t, key, "second@example.com")
			d.reach(t, "well", isWell)
			save(t, root, key, "third@example.com")
			d.shows(t, key, "third@example.com")
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
		"open to others": {nobody, 0o755},
	} {
		t.Run(name, func(t *testing.T) {
			temp := openFolder(t)
			folder := filepath.Join(temp, "sessiond-65534")
			must(t, os.Mkdir(folder, 0o700))
			must(t, os.Chmod(folder, c.mode))
			must(t, os.Chown(folder, c.owner, c.owner))
			ctx, cancel := context.WithTimeout(t.Context(), patience)
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
	fill(t, root, app, 2)
	d := launch(t, root, "--settle", "20ms", "--resync", "0")
	d.loads(t, 2)
	zero, loop := int(unix.Mkdev(1, 5)), int(unix.Mkdev(7, 0))
	must(t, unix.Mknod(filepath.Join(root, app, "zero"), unix.S_IFCHR|0o666, zero))
	must(t, unix.Mknod(filepath.Join(root, app, "loop"), unix.S_IFBLK|0o666, loop))
	must(t, unix.Mknod(filepath.Join(root, "com.example.zero"), unix.S_IFCHR|0o666, zero))
	must(t, os.Remove(fileOf(root, keyFor(app, 0))))
	must(t, unix.Mknod(fileOf(root, keyFor(app, 0)), unix.S_IFCHR|0o666, zero))
	d.loads(t, 1)
	if report := d.refresh(t); report.Checked != 1 || len(report.Errors) > 0 {
		t.Errorf("refresh: %+v", report)
	}
}

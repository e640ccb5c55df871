//go:build unix

package e2e

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// strangers are things that can stand where a session file or an app folder is
// expected, and are neither. Each must be passed over, and nothing must block.
func strangers(t *testing.T, away string) map[string]func(path string) error {
	t.Helper()
	return map[string]func(path string) error{
		"link to a file":      func(path string) error { return os.Symlink(fileOf(away, keyFor("com.example.a", 0)), path) },
		"link to a folder":    func(path string) error { return os.Symlink(filepath.Join(away, "com.example.a"), path) },
		"link to nothing":     func(path string) error { return os.Symlink(filepath.Join(away, "nothing"), path) },
		"link to itself":      func(path string) error { return os.Symlink(path, path) },
		"link to a device":    func(path string) error { return os.Symlink("/dev/zero", path) },
		"FIFO":                func(path string) error { return syscall.Mkfifo(path, 0o666) },
		"socket":              func(path string) error { return bindAt(t, path) },
		"folder within":       func(path string) error { return os.MkdirAll(filepath.Join(path, "com.example.a", "b"), 0o755) },
		"link to its parents": func(path string) error { return os.Symlink(filepath.Dir(filepath.Dir(path)), path) },
	}
}

// bindAt leaves a socket file. The path of a socket must be short, so it is made
// elsewhere.
func bindAt(t *testing.T, path string) error {
	t.Helper()
	made := filepath.Join(shortFolder(t), "s")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return err
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		return err
	}
	return os.Rename(made, path)
}

// TestWhatIsNoFile puts each of the strangers under the name of a session and of an
// app folder, while the daemon watches: those beside them stay, the one whose file
// was replaced goes, and a true file that comes back is seen.
func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	root, away := shortFolder(t), t.TempDir()
	app := "com.example.a"
	fill(t, root, app, 3)
	fill(t, away, app, 1)
	d := launch(t, root, "--settle", "20ms", "--admit", "follow", "--resync", "0", "--poll", "1h", "--watch", "events")
	d.loads(t, 3)
	for name, put := range strangers(t, away) {
		replaced := fileOf(root, keyFor(app, 0))
		must(t, os.Remove(replaced))
		must(t, put(replaced))
		must(t, put(filepath.Join(root, app, "beside")))
		must(t, put(filepath.Join(root, "com.example.beside")))
		status := d.loads(t, 2)
		if report := d.refresh(t); report.Checked != 2 || len(report.Errors)+len(status.Errors) > 0 {
			t.Errorf("with a %s: %+v", name, report)
		}
		for _, path := range []string{replaced, filepath.Join(root, app, "beside"), filepath.Join(root, "com.example.beside")} {
			must(t, os.RemoveAll(path))
		}
		save(t, root, keyFor(app, 0), name+"@example.com")
		d.shows(t, keyFor(app, 0), name+"@example.com")
		d.loads(t, 3)
	}
}

// TestHugeFile makes a session file as large as a file can be, with nothing in it:
// it is not read, and its session stays.
func TestHugeFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	key := keyFor("com.example.a", 0)
	fill(t, root, "com.example.a", 2)
	d := launch(t, root, "--settle", "20ms")
	d.loads(t, 2)
	for size := int64(1 << 40); size > 1<<20; size /= 16 {
		if err := os.Truncate(fileOf(root, key), size); err == nil {
			break // the file system allows this one
		}
	}
	d.refresh(t)
	status, err := d.status()
	must(t, err)
	if status.Sessions != 2 || !isUnreadable(&status, key, syscall.EFBIG) {
		t.Errorf("status: %+v", status)
	}
	d.has(t, key, "first@example.com")
	save(t, root, key, "second@example.com")
	d.shows(t, key, "second@example.com")
	d.reach(t, "well", isWell)
}

//go:build unix

package fault

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/e2e/harness"
)

// strangers are things that can stand where a session file or an app folder is
// expected, and are neither. Each must be passed over, and nothing must block.
func strangers(t *testing.T, away string) map[string]func(path string) error {
	t.Helper()
	return map[string]func(path string) error{
		"link to a file": func(path string) error {
			return os.Symlink(harness.FileOf(away, harness.NthKey("com.example.a", 0)), path)
		},
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
	made := filepath.Join(harness.ShortFolder(t), "s")
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
	root, away := harness.ShortFolder(t), t.TempDir()
	app := "com.example.a"
	harness.Fill(t, root, app, 3)
	harness.Fill(t, away, app, 1)
	d := harness.Launch(t, root, "--settle", "20ms", "--admit", "follow", "--resync", "0", "--poll", "1h", "--watch", "events")
	d.Loads(t, 3)
	for name, put := range strangers(t, away) {
		replaced := harness.FileOf(root, harness.NthKey(app, 0))
		harness.Must(t, os.Remove(replaced))
		harness.Must(t, put(replaced))
		harness.Must(t, put(filepath.Join(root, app, "beside")))
		harness.Must(t, put(filepath.Join(root, "com.example.beside")))
		status := d.Loads(t, 2)
		if report := d.FullPass(t); report.Checked != 2 || len(report.Errors)+len(status.Errors) > 0 {
			t.Errorf("with a %s: %+v", name, report)
		}
		for _, path := range []string{replaced, filepath.Join(root, app, "beside"), filepath.Join(root, "com.example.beside")} {
			harness.Must(t, os.RemoveAll(path))
		}
		harness.Save(t, root, harness.NthKey(app, 0), name+"@example.com")
		d.Shows(t, harness.NthKey(app, 0), name+"@example.com")
		d.Loads(t, 3)
	}
}

// TestHugeFile makes a session file as large as a file can be, with nothing in it:
// it is not read, and its session stays.
func TestHugeFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	key := harness.NthKey("com.example.a", 0)
	harness.Fill(t, root, "com.example.a", 2)
	d := harness.Launch(t, root, "--settle", "20ms")
	d.Loads(t, 2)
	for size := int64(1 << 40); size > 1<<20; size /= 16 {
		if err := os.Truncate(harness.FileOf(root, key), size); err == nil {
			break // the file system allows this one
		}
	}
	d.FullPass(t)
	status, err := d.Now()
	harness.Must(t, err)
	if status.Sessions != 2 || !harness.IsUnreadable(&status, key, syscall.EFBIG) {
		t.Errorf("status: %+v", status)
	}
	d.Has(t, key, "first@example.com")
	harness.Save(t, root, key, "second@example.com")
	d.Shows(t, key, "second@example.com")
	d.Reach(t, "well", harness.IsWell)
}

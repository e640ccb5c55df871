//go:build unix

package socketpath

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const alice = 1000

// environment returns a lookup of the given NAME=value pairs.
func environment(pairs ...string) Env {
	return func(name string) (string, bool) {
		for _, pair := range pairs {
			if n, value, _ := strings.Cut(pair, "="); n == name {
				return value, true
			}
		}
		return "", false
	}
}

func TestForRun(t *testing.T) {
	system := systemFolder() + "/sessiond.sock"
	for _, test := range []struct {
		name string
		uid  int
		env  []string
		want string
	}{
		{"root", root, []string{"XDG_RUNTIME_DIR=/run/user/0"}, system},
		{"service", alice, []string{"RUNTIME_DIRECTORY=" + filepath.Dir(system)}, system},
		{"service with several folders", alice, []string{"RUNTIME_DIRECTORY=/run/other:" + filepath.Dir(system)}, system},
		{"another service's folder", alice, []string{"RUNTIME_DIRECTORY=/run/other"}, "/tmp/sessiond-1000/sessiond.sock"},
		{"login", alice, []string{"XDG_RUNTIME_DIR=/run/user/1000"}, "/run/user/1000/sessiond.sock"},
		{"relative runtime folder", alice, []string{"XDG_RUNTIME_DIR=run"}, "/tmp/sessiond-1000/sessiond.sock"},
		{"nothing set", alice, nil, "/tmp/sessiond-1000/sessiond.sock"},
		{"temporary folder", alice, []string{"XDG_RUNTIME_DIR=", "TMPDIR=/var/tmp"}, "/var/tmp/sessiond-1000/sessiond.sock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ForRun(test.uid, environment(test.env...)); got != test.want {
				t.Errorf("ForRun = %q, want %q", got, test.want)
			}
		})
	}
}

func TestForClient(t *testing.T) {
	uid := os.Getuid()
	if uid == root {
		uid = alice // root is asked after; the folders below are given to alice
	}
	system := systemFolder() + "/sessiond.sock"

	t.Run("nothing there", func(t *testing.T) {
		temp := t.TempDir()
		if got := ForClient(uid, environment("TMPDIR="+temp)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
	t.Run("runtime folder first", func(t *testing.T) {
		runtimeDir, temp := short(t), short(t)
		want := socket(t, runtimeDir)
		socket(t, ownFolder(t, temp, uid, 0o700))
		if got := ForClient(uid, environment("XDG_RUNTIME_DIR="+runtimeDir, "TMPDIR="+temp)); got != want {
			t.Errorf("ForClient = %q, want %q", got, want)
		}
	})
	t.Run("temporary folder where the runtime folder has none", func(t *testing.T) {
		runtimeDir, temp := short(t), short(t)
		want := socket(t, ownFolder(t, temp, uid, 0o700))
		if got := ForClient(uid, environment("XDG_RUNTIME_DIR="+runtimeDir, "TMPDIR="+temp)); got != want {
			t.Errorf("ForClient = %q, want %q", got, want)
		}
	})
	t.Run("a file is no socket", func(t *testing.T) {
		runtimeDir := short(t)
		if err := os.WriteFile(filepath.Join(runtimeDir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := ForClient(uid, environment("XDG_RUNTIME_DIR="+runtimeDir, "TMPDIR="+runtimeDir)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
	t.Run("a folder that others may enter is not trusted", func(t *testing.T) {
		temp := short(t)
		socket(t, ownFolder(t, temp, uid, 0o755))
		if got := ForClient(uid, environment("TMPDIR="+temp)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
	t.Run("a link is not trusted", func(t *testing.T) {
		temp, elsewhere := short(t), short(t)
		socket(t, ownFolder(t, elsewhere, uid, 0o700))
		if err := os.Symlink(filepath.Join(elsewhere, folderOf(uid)), filepath.Join(temp, folderOf(uid))); err != nil {
			t.Fatal(err)
		}
		if got := ForClient(uid, environment("TMPDIR="+temp)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
	t.Run("another user's folder is not trusted", func(t *testing.T) {
		temp := short(t)
		// The folder has the name that belongs to the next user, but not its owner.
		folder := filepath.Join(temp, folderOf(uid+1))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		socket(t, folder)
		if got := ForClient(uid+1, environment("TMPDIR="+temp)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
	t.Run("root", func(t *testing.T) {
		runtimeDir := short(t)
		socket(t, runtimeDir)
		if got := ForClient(root, environment("XDG_RUNTIME_DIR="+runtimeDir)); got != system {
			t.Errorf("ForClient = %q, want %q", got, system)
		}
	})
}

func TestEnsureDir(t *testing.T) {
	uid := os.Getuid()
	path := func(temp string) string { return filepath.Join(temp, folderOf(uid), name) }

	t.Run("made private whatever the umask", func(t *testing.T) {
		for _, umask := range []int{0, 0o277} {
			before := syscall.Umask(umask)
			temp := t.TempDir()
			if err := os.Chmod(temp, 0o700); err != nil {
				t.Fatal(err)
			}
			err := EnsureDir(path(temp), uid)
			syscall.Umask(before)
			if err != nil {
				t.Fatal(err)
			}
			if err := private(filepath.Dir(path(temp)), uid); err != nil {
				t.Errorf("with umask %04o: %v", umask, err)
			}
			if err := EnsureDir(path(temp), uid); err != nil {
				t.Errorf("a second time: %v", err)
			}
		}
	})
	for _, test := range []struct {
		name    string
		prepare func(folder string) error
		want    string
	}{
		{"open to others", func(folder string) error { return os.Mkdir(folder, 0o750) }, "mode is 0750"},
		{"a file", func(folder string) error { return os.WriteFile(folder, nil, 0o600) }, "cannot make the folder"},
		{"a link", func(folder string) error { return os.Symlink(filepath.Dir(folder), folder) }, "not a folder"},
	} {
		t.Run(test.name, func(t *testing.T) {
			temp := t.TempDir()
			if err := test.prepare(filepath.Dir(path(temp))); err != nil {
				t.Fatal(err)
			}
			if err := EnsureDir(path(temp), uid); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("EnsureDir = %v, want an error with %q", err, test.want)
			}
		})
	}
	t.Run("another user's", func(t *testing.T) {
		// Its name is that of the next user, its owner is this one.
		folder := filepath.Join(t.TempDir(), folderOf(uid+1))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		err := EnsureDir(filepath.Join(folder, name), uid+1)
		if err == nil || !strings.Contains(err.Error(), "another user") {
			t.Errorf("EnsureDir = %v, want an error", err)
		}
	})
	t.Run("a folder named by hand is left alone", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "missing")
		if err := EnsureDir(filepath.Join(folder, name), uid); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(folder); !os.IsNotExist(err) {
			t.Errorf("Lstat = %v, want no folder", err)
		}
	})
}

// short returns a folder whose path leaves room for that of a socket.
func short(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// ownFolder makes the user's folder in a temporary folder.
func ownFolder(t *testing.T, temp string, uid int, mode os.FileMode) string {
	t.Helper()
	folder := filepath.Join(temp, folderOf(uid))
	if err := os.Mkdir(folder, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(folder, uid, -1); err != nil {
		t.Fatal(err)
	}
	return folder
}

// socket listens in a folder and returns the path.
func socket(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return path
}

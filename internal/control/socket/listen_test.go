//go:build unix

package socket_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/internal/control/socket"
)

// mustListen takes a socket until the test ends.
func mustListen(t *testing.T, s socket.Config) socket.Listener {
	t.Helper()
	ln, err := socket.Listen(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

// mustNotListen expects an error that says something.
func mustNotListen(t *testing.T, s socket.Config, want string) {
	t.Helper()
	ln, err := socket.Listen(s)
	if err == nil {
		_ = ln.Close()
		t.Fatalf("Listen succeeds, want an error with %q", want)
	}
	if !strings.Contains(err.Error(), want) || errors.Is(err, socket.ErrHeld) {
		t.Errorf("Listen = %v, want an error with %q", err, want)
	}
}

// mustBeHeld expects an error that says that this process holds the socket.
func mustBeHeld(t *testing.T, path string) {
	t.Helper()
	ln, err := socket.Listen(socket.Config{Path: path, Mode: 0o600})
	if err == nil {
		_ = ln.Close()
		t.Fatal("Listen succeeds, want an error")
	}
	if !errors.Is(err, socket.ErrHeld) || !strings.HasSuffix(err.Error(), fmt.Sprintf("already in use by process %d", os.Getpid())) {
		t.Errorf("Listen = %v, want to be told that this process holds it", err)
	}
}

// answers reports whether somebody listens on the socket.
func answers(path string) bool {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// leaveStale leaves a socket behind as a killed daemon does.
func leaveStale(t *testing.T, path string) {
	t.Helper()
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestListenTwice(t *testing.T) {
	path := newSocketPath(t)
	first := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	mustBeHeld(t, path)
	if !answers(path) {
		t.Error("the second attempt took the socket away from the first")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the end there is still a socket: %v", err)
	}
	mustListen(t, socket.Config{Path: path, Mode: 0o600})
}

func TestListenOverStaleSocket(t *testing.T) {
	path := newSocketPath(t)
	leaveStale(t, path)
	// The process id of one that was killed says nothing once the lock is free.
	if err := os.WriteFile(path+".lock", []byte("123456789012\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustListen(t, socket.Config{Path: path, Mode: 0o600})
	if !answers(path) {
		t.Error("nobody listens")
	}
	mustBeHeld(t, path)
}

// TestListenWhileAnotherStarts looks at a daemon that has the lock but does not
// listen yet.
func TestListenWhileAnotherStarts(t *testing.T) {
	path := newSocketPath(t)
	leaveStale(t, path)
	other, err := os.Create(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Fatal(err)
	}
	_, err = socket.Listen(socket.Config{Path: path, Mode: 0o600})
	if !errors.Is(err, socket.ErrHeld) {
		t.Errorf("Listen = %v, want ErrHeld", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket was not left to the holder of the lock: %v", err)
	}
}

func TestListenWhereSomebodyElseAnswers(t *testing.T) {
	path := newSocketPath(t)
	other, err := net.Listen("unix", path) // without the lock
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	mustBeHeld(t, path)
	if !answers(path) {
		t.Error("the attempt took the socket away")
	}
}

func TestListenOverSomethingElse(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"file":   func(path string) error { return os.WriteFile(path, []byte("precious"), 0o600) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"link":   func(path string) error { return os.Symlink("elsewhere", path) },
		"fifo":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := newSocketPath(t)
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			mustNotListen(t, socket.Config{Path: path, Mode: 0o600}, "not a socket")
			after, err := os.Lstat(path)
			if err != nil || !os.SameFile(before, after) {
				t.Errorf("it was not left alone: %v", err)
			}
		})
	}
}

func TestListenOnDatagramSocket(t *testing.T) {
	path := newSocketPath(t)
	other, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	mustNotListen(t, socket.Config{Path: path, Mode: 0o600}, "cannot tell whether somebody listens")
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("it was not left alone: %v", err)
	}
}

func TestListenOnBadPath(t *testing.T) {
	folder := filepath.Dir(newSocketPath(t))
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	limit := len(syscall.RawSockaddrUnix{}.Path) - 1
	long := func(n int) string { return folder + "/" + strings.Repeat("x", n-len(folder)-1) }
	for path, want := range map[string]string{
		"":                     "empty",
		"@sessiond":            "abstract",
		long(limit + 1):        fmt.Sprintf("no more than %d", limit),
		folder + "/missing/s":  "there is no folder",
		file + "/s":            "not a folder",
		"sessiond-missing/s":   "there is no folder",
		folder + "/file/s/s/s": "cannot listen on",
	} {
		mustNotListen(t, socket.Config{Path: path, Mode: 0o600}, want)
	}
	mustListen(t, socket.Config{Path: long(limit), Mode: 0o600})
}

func TestListenWithLinkAsLock(t *testing.T) {
	path := newSocketPath(t)
	precious := filepath.Join(filepath.Dir(path), "precious")
	if err := os.WriteFile(precious, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, path+".lock"); err != nil {
		t.Fatal(err)
	}
	mustNotListen(t, socket.Config{Path: path, Mode: 0o600}, "cannot lock")
	if text, err := os.ReadFile(precious); err != nil || string(text) != "precious" {
		t.Errorf("what the link led to is %q, %v", text, err)
	}
}

func TestCloseLeavesALaterSocketAlone(t *testing.T) {
	path := newSocketPath(t)
	first := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	for _, name := range []string{path, path + ".lock"} { // as a clean-up of the folder does
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	second := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	for range 2 {
		if err := first.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	if !answers(path) {
		t.Error("the first removed the socket of the second")
	}
	mustBeHeld(t, path)
	if err := second.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

func TestModeAndGroup(t *testing.T) {
	gids, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		gids = append(gids, 1) // others can only give to groups that they are in
	}
	for _, mode := range []fs.FileMode{0o600, 0o660, 0o666} {
		for _, group := range append(gids, os.Getgid()) {
			path := newSocketPath(t)
			mustListen(t, socket.Config{Path: path, Mode: mode, Group: strconv.Itoa(group)})
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != mode {
				t.Errorf("the mode is %04o, want %04o", got, mode)
			}
			if got := int(info.Sys().(*syscall.Stat_t).Gid); got != group {
				t.Errorf("the group is %d, want %d", got, group)
			}
		}
	}
	path := newSocketPath(t)
	mustNotListen(t, socket.Config{Path: path, Mode: 0o660, Group: "no such group"}, `no group "no such group"`)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a socket is left: %v", err)
	}
}

func TestGroupByName(t *testing.T) {
	group, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		t.Fatal(err)
	}
	path := newSocketPath(t)
	mustListen(t, socket.Config{Path: path, Mode: 0o660, Group: group.Name})
	if !answers(path) {
		t.Error("nobody listens")
	}
}

//go:build unix

package socket_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sessiond/internal/control/socket"
)

// restores insists on what Restore does.
func restores(t *testing.T, ln socket.Listener, want bool) {
	t.Helper()
	if made, err := ln.Restore(); err != nil || made != want {
		t.Fatalf("Restore = %v, %v, want %v", made, err, want)
	}
}

// remove removes a file as a cleaner of temporary files does.
func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// say connects and sends a word.
func say(t *testing.T, path, word string) {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	write(t, conn, word)
}

// heard accepts a connection and returns the word.
func heard(t *testing.T, ln net.Listener) string {
	t.Helper()
	conn, err := ln.Accept()
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	word := make([]byte, 5)
	if _, err := io.ReadFull(conn, word); err != nil {
		t.Error(err)
	}
	return string(word)
}

func TestSocketIsRestored(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o640})
	restores(t, ln, false)
	for range 3 {
		remove(t, path)
		restores(t, ln, true)
		restores(t, ln, false)
		if info, err := os.Lstat(path); err != nil || info.Mode() != fs.ModeSocket|0o640 {
			t.Fatalf("the socket is %v, %v", info, err)
		}
		say(t, path, "after")
		if got := heard(t, ln); got != "after" {
			t.Errorf("heard %q", got)
		}
		mustBeHeld(t, path)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the end there is still a socket: %v", err)
	}
	restores(t, ln, false)
}

// Clients that were connecting when the file went are served, before later ones.
func TestClientsOfARemovedSocketAreServed(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	want := []string{"one 1", "one 2", "two 1", "three"}
	say(t, path, want[0])
	say(t, path, want[1])
	remove(t, path)
	restores(t, ln, true)
	say(t, path, want[2])
	remove(t, path)
	restores(t, ln, true)
	say(t, path, want[3])
	for _, word := range want {
		if got := heard(t, ln); got != word {
			t.Errorf("heard %q, want %q", got, word)
		}
	}
}

// Who waits for a client already hears of those that come to the new socket.
func TestAcceptGoesOnAfterARestore(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	words := make(chan string)
	go func() {
		for range 4 {
			words <- heard(t, ln)
		}
	}()
	for range 2 {
		say(t, path, "until")
		if got := <-words; got != "until" {
			t.Errorf("heard %q", got)
		}
		remove(t, path)
		restores(t, ln, true)
		say(t, path, "since")
		select {
		case got := <-words:
			if got != "since" {
				t.Errorf("heard %q", got)
			}
		case <-time.After(patience):
			t.Fatal("nobody hears")
		}
	}
}

// What somebody else has put into the place of the socket is left alone.
func TestRestoreLeavesOthersAlone(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o600})

	remove(t, path)
	other, err := net.Listen("unix", path) // without the lock
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := ln.Restore(); made || !errors.Is(err, socket.ErrHeld) {
		t.Errorf("Restore = %v, %v, want ErrHeld", made, err)
	}
	if now, err := os.Lstat(path); err != nil || !os.SameFile(before, now) {
		t.Error("the socket of another was not left alone")
	}
	other.(*net.UnixListener).SetUnlinkOnClose(false)
	other.Close() // what is left is stale
	restores(t, ln, true)

	remove(t, path)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if made, err := ln.Restore(); made || err == nil || !strings.Contains(err.Error(), "not a socket") {
		t.Errorf("Restore = %v, %v, want to be told that there is something else", made, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "precious" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

// isLocked reports whether somebody holds the lock of a socket.
func isLocked(t *testing.T, path string) bool {
	t.Helper()
	file, err := os.Open(path + ".lock")
	if err != nil {
		return false
	}
	defer file.Close()
	return unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil
}

func TestLockIsRestored(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	remove(t, path+".lock")
	restores(t, ln, false) // the socket is there
	if !isLocked(t, path) {
		t.Error("nobody holds the lock")
	}
	mustBeHeld(t, path)

	remove(t, path)
	remove(t, path+".lock")
	restores(t, ln, true)
	if !isLocked(t, path) || !answers(path) {
		t.Error("socket and lock were not restored")
	}
}

// Another daemon may have come where both files were gone: the socket is its own, until
// it ends.
func TestRestoreAfterAnotherHasCome(t *testing.T) {
	path := newSocketPath(t)
	first := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	remove(t, path)
	remove(t, path+".lock")
	second := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	for range 2 {
		if made, err := first.Restore(); made || !errors.Is(err, socket.ErrHeld) {
			t.Errorf("Restore = %v, %v, want ErrHeld", made, err)
		}
	}
	restores(t, second, false)
	say(t, path, "other")
	if got := heard(t, second); got != "other" {
		t.Errorf("heard %q", got)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	restores(t, first, true)
	say(t, path, "again")
	if got := heard(t, first); got != "again" {
		t.Errorf("heard %q", got)
	}
}

func TestRestoreWithoutAFolder(t *testing.T) {
	path := newSocketPath(t)
	ln := mustListen(t, socket.Config{Path: path, Mode: 0o600})
	folder := filepath.Dir(path)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if made, err := ln.Restore(); made || err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("Restore = %v, %v, want to be told of the folder", made, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	restores(t, ln, true)
	if !isLocked(t, path) || !answers(path) {
		t.Error("socket and lock were not restored")
	}
}

func TestAdoptedSocketIsNotRestored(t *testing.T) {
	path, give := opened(t)
	ln, err := socket.Adopt(give(), socket.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	restores(t, ln, false)
	remove(t, path)
	if made, err := ln.Restore(); made || err == nil || !strings.Contains(err.Error(), "restart the unit of the socket") {
		t.Errorf("Restore = %v, %v, want to be told what to do", made, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the service manager's socket was made again: %v", err)
	}
}

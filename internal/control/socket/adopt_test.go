//go:build unix

package socket_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sessiond/internal/control/socket"
)

// opened is a socket that a service manager listens on: the test.
func opened(t *testing.T) (path string, give func() *os.File) {
	t.Helper()
	path = newSocketPath(t)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	if err := os.Chmod(path, 0o660); err != nil {
		t.Fatal(err)
	}
	return path, func() *os.File {
		file, err := ln.File()
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
}

func TestAdoptedSocketOutlivesItsListener(t *testing.T) {
	path, give := opened(t)
	for range 2 { // a restart
		ln, err := socket.Adopt(give(), socket.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if got := ln.Addr().String(); got != path {
			t.Errorf("the address is %q, want %q", got, path)
		}
		client, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		served, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(client.Close(), served.Close(), ln.Close()); err != nil {
			t.Error(err)
		}
		// Who connects while there is no daemon waits.
		waiting, err := net.Dial("unix", path)
		if err != nil {
			t.Fatalf("between two daemons: %v", err)
		}
		waiting.Close()
	}
}

func TestAdoptHoldsTheLock(t *testing.T) {
	path, give := opened(t)
	ln, err := socket.Adopt(give(), socket.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	mustBeHeld(t, path)
	if _, err := socket.Adopt(give(), socket.Config{}); !errors.Is(err, socket.ErrHeld) {
		t.Errorf("a second Adopt = %v, want %v", err, socket.ErrHeld)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	mustBeHeld(t, path) // by the service manager, whom nobody may take it from
}

// Without a lock, nothing is made beside the service manager's socket.
func TestAdoptUnlocked(t *testing.T) {
	path, give := opened(t)
	ln, err := socket.Adopt(give(), socket.Config{Unlocked: true})
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("the folder has %v, %v", files, err)
	}
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
}

func TestAdoptRefuses(t *testing.T) {
	path, give := opened(t)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	for name, test := range map[string]struct {
		give   func() *os.File
		wanted string
		want   error
		text   string
	}{
		"another path": {give, path + "2", socket.ErrOther, `the settings name "` + path + `2"`},
		"a socket of another kind": {func() *os.File {
			file, err := tcp.(*net.TCPListener).File()
			if err != nil {
				t.Fatal(err)
			}
			return file
		}, "", socket.ErrOther, "is no Unix socket"},
		"no socket": {func() *os.File {
			file, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			return file
		}, "", nil, "cannot use the service manager's socket"},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := socket.Adopt(test.give(), socket.Config{Path: test.wanted})
			if err == nil {
				ln.Close()
				t.Fatal("Adopt succeeds")
			}
			if test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("Adopt = %v, want %v and %q", err, test.want, test.text)
			}
		})
	}
}

// The folder of a socket may have another name, as /var/run has.
func TestAdoptByAnotherName(t *testing.T) {
	path, give := opened(t)
	link := newSocketPath(t) + "-folder"
	if err := os.Symlink(filepath.Dir(path), link); err != nil {
		t.Fatal(err)
	}
	ln, err := socket.Adopt(give(), socket.Config{Path: filepath.Join(link, filepath.Base(path))})
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
}

func TestDiffers(t *testing.T) {
	_, give := opened(t)
	ln, err := socket.Adopt(give(), socket.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, test := range []struct {
		wanted socket.Config
		want   string
	}{
		{socket.Config{Mode: 0o660}, ""},
		{socket.Config{Mode: 0o600}, "its mode is 0660 and not 0600"},
		{socket.Config{Mode: 0o660, Group: "4242"}, "its group is not 4242"},
		{socket.Config{Mode: 0o660, Group: "no such group"}, `no socket can have this group: there is no group "no such group"`},
	} {
		if got := ln.Differs(test.wanted); got != test.want {
			t.Errorf("Differs(%+v) = %q, want %q", test.wanted, got, test.want)
		}
	}
}

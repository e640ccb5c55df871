//go:build unix

package socket

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestModeFromTheFirstInstant looks at a socket when nothing but bind was done.
func TestModeFromTheFirstInstant(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // the umask of the caller must not be what protects it
	for _, test := range []struct {
		socket Config
		want   fs.FileMode
	}{
		{Config{Mode: 0o660}, 0o660},
		{Config{Mode: 0o600}, 0o600},
		{Config{Mode: 0o660, Group: "another"}, 0o600}, // it has not been given away yet
	} {
		folder, err := os.MkdirTemp("", "sd")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		path := filepath.Join(folder, "s")
		ln, err := bind(path, modeAtBirth(test.socket))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != test.want {
			t.Errorf("%+v is born with mode %04o, want %04o", test.socket, got, test.want)
		}
		if err := ln.Close(); err != nil {
			t.Error(err)
		}
		if umask := syscall.Umask(0); umask != 0 {
			t.Errorf("the umask was left at %04o", umask)
		}
	}
}

// TestGrantFollowsNoLink has somebody put a link into the socket's place before that
// gets its group and mode.
func TestGrantFollowsNoLink(t *testing.T) {
	folder := t.TempDir()
	precious, link := filepath.Join(folder, "precious"), filepath.Join(folder, "s")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, link); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(precious)
	if err != nil {
		t.Fatal(err)
	}
	group := os.Getgid()
	if os.Getuid() == 0 {
		group = 4242 // others can only give to groups that they are in
	}
	_ = grant(link, 0o666, group) // macOS changes the link itself
	after, err := os.Stat(precious)
	if err != nil {
		t.Fatal(err)
	}
	if after.Mode() != before.Mode() || os.Getuid() == 0 && belongsTo(after, group) {
		t.Errorf("what the link leads to became %v, group %d or not: %v", after.Mode(), group, belongsTo(after, group))
	}
}

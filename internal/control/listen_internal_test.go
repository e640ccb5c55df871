//go:build unix

package control

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
		socket Socket
		want   fs.FileMode
	}{
		{Socket{Mode: 0o660}, 0o660},
		{Socket{Mode: 0o600}, 0o600},
		{Socket{Mode: 0o660, Group: "another"}, 0o600}, // it has not been given away yet
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

//go:build unix

package client

import (
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestPermissionAdvice(t *testing.T) {
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, socket := range map[string]string{"closed to its group": path, "out of sight": filepath.Join(folder, "hidden")} {
		if got, want := advice(socket, syscall.EACCES), "permission denied; "+letIn; got != want {
			t.Errorf("of a socket that is %s the advice is %q, want %q", name, got, want)
		}
	}
	if err := os.Chmod(path, 0o660); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatalf("what the system says of the socket is %T", info.Sys())
	}
	if got, want := advice(path, syscall.EACCES), "permission denied; "+groupAdvice(0o660, stat.Gid); got != want {
		t.Errorf("the advice is %q, want %q", got, want)
	}
}

func TestGroupAdvice(t *testing.T) {
	group, err := user.LookupGroupId("1") // daemon, or bin
	if err != nil {
		t.Fatal(err)
	}
	joins := `join the group "` + group.Name + `", or use sudo`
	for _, tc := range []struct {
		mode fs.FileMode
		gid  uint32
		want string
	}{
		{fs.ModeSocket | 0o660, 1, joins},
		{fs.ModeSocket | 0o666, 1, joins},
		{fs.ModeSocket | 0o640, 1, letIn},
		{fs.ModeSocket | 0o600, 1, letIn},
		{fs.ModeSocket | 0o660, 0, letIn},
		{fs.ModeSocket | 0o660, 1<<32 - 3, letIn}, // of nobody
	} {
		if got := groupAdvice(tc.mode, tc.gid); got != tc.want || strings.Contains(got, "root") {
			t.Errorf("with mode %v and group %d the advice is %q, want %q", tc.mode, tc.gid, got, tc.want)
		}
	}
}

//go:build unix

package client

import (
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
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	for mode, joins := range map[os.FileMode]bool{0o660: true, 0o600: false, 0o640: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got := advice(path, syscall.EACCES)
		if !strings.Contains(got, "permission denied") || !strings.Contains(got, "as the user who runs the daemon") {
			t.Errorf("with mode %04o the advice is %q", mode, got)
		}
		if strings.Contains(got, `join the group "`+group.Name+`"`) != joins {
			t.Errorf("with mode %04o the advice is %q, want the group %q named: %v", mode, got, group.Name, joins)
		}
	}
	if got := advice(filepath.Join(folder, "hidden"), syscall.EACCES); strings.Contains(got, "join") {
		t.Errorf("without a look at the socket the advice is %q", got)
	}
}

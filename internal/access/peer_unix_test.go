//go:build unix

package access_test

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"sessiond/internal/access"
)

func TestPeerOf(t *testing.T) {
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	got := access.PeerOf(accepted(t, "unix", filepath.Join(folder, "s")))
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	if !got.Known || got.UID != os.Geteuid() || got.GID != os.Getegid() || got.PID != os.Getpid() {
		t.Errorf("the peer is %+v, want user %d, group %d, process %d", got, os.Geteuid(), os.Getegid(), os.Getpid())
	}
	slices.Sort(groups)
	slices.Sort(got.Groups)
	if runtime.GOOS == "linux" && (!got.HasGroups || !slices.Equal(got.Groups, groups)) {
		t.Errorf("the peer has the groups %v, %v, want %v", got.Groups, got.HasGroups, groups)
	}
	current, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if got.User() != current.Username {
		t.Errorf("the peer's user is %q, want %q", got.User(), current.Username)
	}
}

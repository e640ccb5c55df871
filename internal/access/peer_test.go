package access_test

import (
	"net"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"sessiond/internal/access"
)

// accepted returns what a listener accepts, with this process at the other end.
func accepted(t *testing.T, network, address string) net.Conn {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	client, err := net.Dial(network, ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestPeerOf(t *testing.T) {
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	got := access.PeerOf(accepted(t, "unix", filepath.Join(folder, "s")))
	if runtime.GOOS == "windows" {
		if got.Known {
			t.Errorf("Windows tells of %+v", got)
		}
		return
	}
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

func TestPeerOfTCPIsUnknown(t *testing.T) {
	got := access.PeerOf(accepted(t, "tcp", "127.0.0.1:0"))
	if got.Known || got.User() != "" {
		t.Errorf("the peer is %+v", got)
	}
}

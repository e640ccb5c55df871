//go:build systemd && linux

package systemd

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"sessiond/e2e/harness"
)

// systemdCache is where the file systems of the machines are kept from one run
// to the next: making one takes a network, and half a minute.
var systemdCache = flag.String("systemd.cache", "", "folder that keeps the machines' file systems; by default one in the user's cache")

// base is the file system that machines begin with.
type base string

const (
	// debian12 is the oldest that the units must work on: systemd 252.
	debian12 base = "bookworm"
	// debian12Newer is the same with the systemd of its backports: 254.
	debian12Newer base = "bookworm-backports"
)

// tree returns the folder with the file system. It makes it where it is not
// there yet.
func (b base) tree(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("only root can boot a machine")
	}
	from := ""
	if b == debian12Newer {
		from = debian12.tree(t)
	}
	tree := filepath.Join(cacheFolder(t), string(b))
	lock(t, tree+".lock", func() {
		if _, err := os.Stat(tree); err == nil {
			return
		}
		unfinished := tree + ".unfinished"
		if err := errors.Join(os.RemoveAll(unfinished), b.make(from, unfinished)); err != nil {
			t.Fatalf("cannot make the file system of a machine: %v", err)
		}
		if err := os.Rename(unfinished, tree); err != nil {
			t.Fatal(err)
		}
	})
	return tree
}

// make fetches a minimal Debian, or what another one needs to become this.
func (b base) make(from, folder string) error {
	if from == "" {
		return do("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", string(b), folder)
	}
	if err := do("cp", "--archive", from, folder); err != nil {
		return err
	}
	return do("chroot", folder, "sh", "-euc", `
		sed -n 's/ bookworm / bookworm-backports /p' /etc/apt/sources.list >/etc/apt/sources.list.d/backports.list
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -qy --no-install-recommends -t bookworm-backports systemd
		apt-get clean`)
}

// do runs a command. Its error has the last that the command said.
func do(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%s: %w:\n%s", name, err, strings.Join(lines[max(0, len(lines)-5):], "\n"))
}

func cacheFolder(t *testing.T) string {
	t.Helper()
	folder := *systemdCache
	if folder == "" {
		own, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		folder = filepath.Join(own, "sessiond-machines")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// lock does something while no other process does it.
func lock(t *testing.T, path string, do func()) {
	t.Helper()
	l := flock.New(path)
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	do()
}

// alone keeps other tests of this host from booting a machine until this one has
// ended.
func alone(t *testing.T) {
	t.Helper()
	l := flock.New(filepath.Join(os.TempDir(), "sessiond-machine.lock"))
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Unlock() })
}

// staticProgram returns the path of the program as packages have it, without cgo:
// it has to run on another system than this.
func staticProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(cacheFolder(t), "sessiond")
	lock(t, path+".lock", func() {
		cmd := exec.Command("go", "build", "-o", path, "-buildvcs=false", "-ldflags", "-X main.version="+harness.Version, "sessiond/cmd/sessiond")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cannot build the program: %v\n%s", err, out)
		}
	})
	return path
}

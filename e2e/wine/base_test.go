//go:build wine && linux

package wine

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
)

// wineCache is where the container's file system is kept from one run to the next: making
// it takes a network, and some minutes.
var wineCache = flag.String("wine.cache", "", "folder that keeps the container's file system; by default one in the user's cache")

// release is the Debian whose wine is the oldest that today's Go programs start under.
const release = "trixie"

// tree returns the folder with a Debian that has wine, and makes it where it is not there
// yet.
func tree(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("only root can make a container")
	}
	tree := filepath.Join(cacheFolder(t), release+"-wine")
	l := flock.New(tree + ".lock")
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Unlock() }()
	if _, err := os.Stat(tree); err == nil {
		return tree
	}
	unfinished := tree + ".unfinished"
	if err := errors.Join(os.RemoveAll(unfinished), makeTree(unfinished)); err != nil {
		t.Fatalf("cannot make the container's file system: %v", err)
	}
	if err := os.Rename(unfinished, tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func makeTree(folder string) error {
	if err := do("debootstrap", "--variant=minbase", release, folder); err != nil {
		return err
	}
	if err := do("chroot", folder, "sh", "-euc", `
		export DEBIAN_FRONTEND=noninteractive
		apt-get install -qy --no-install-recommends wine64 wine
		apt-get clean`); err != nil {
		return err
	}
	return makeDrive(folder)
}

// makeDrive makes drive C and the registry, which takes wine a while. In a mount name space of
// its own, so that nothing is left behind.
func makeDrive(folder string) error {
	return do("unshare", "--mount", "sh", "-euc", `
		mount --bind /proc "$1/proc"
		mount --bind /dev "$1/dev"
		shift
		exec "$@"`, "sh", folder, "chroot", folder, "/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/bin:/bin", "LANG=C.UTF-8",
		"XDG_RUNTIME_DIR=/run", "WINEDEBUG=-all", dllOverrides, "sh", "-euc", `
		wineboot --init || true # it misses what there is for programs of 32 bits
		wineserver --wait
		test -e /root/.wine/system.reg`)
}

// dllOverrides does without a display, .NET and a browser.
const dllOverrides = "WINEDLLOVERRIDES=winex11.drv=;winewayland.drv=;mscoree=;mshtml="

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
	folder := *wineCache
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

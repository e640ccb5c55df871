//go:build wine && linux

package wine

import (
	"flag"
	"testing"

	"sessiond/e2e/harness"
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
	return machines().Tree(t, release+"-wine", makeTree)
}

func machines() harness.Machines { return harness.Machines(*wineCache) }

func makeTree(folder string) error {
	if err := harness.Do("debootstrap", "--variant=minbase", release, folder); err != nil {
		return err
	}
	if err := harness.Do("chroot", folder, "sh", "-euc", `
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
	return harness.Do("unshare", "--mount", "sh", "-euc", `
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

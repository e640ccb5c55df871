//go:build systemd && linux

package systemd

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
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

// tree returns the folder with the file system, and makes it where it is not there yet.
func (b base) tree(t *testing.T) string {
	t.Helper()
	from := ""
	if b == debian12Newer {
		from = debian12.tree(t)
	}
	return machines().Tree(t, string(b), func(folder string) error { return b.make(from, folder) })
}

func machines() harness.Machines { return harness.Machines(*systemdCache) }

// make fetches a minimal Debian, or what another one needs to become this.
func (b base) make(from, folder string) error {
	if from == "" {
		return harness.Do("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", string(b), folder)
	}
	if err := harness.Do("cp", "--archive", from, folder); err != nil {
		return err
	}
	return harness.Do("chroot", folder, "sh", "-euc", `
		sed -n 's/ bookworm / bookworm-backports /p' /etc/apt/sources.list >/etc/apt/sources.list.d/backports.list
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -qy --no-install-recommends -t bookworm-backports systemd
		apt-get clean`)
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
	path := filepath.Join(machines().Folder(t), "sessiond")
	harness.Locked(t, path+".lock", func() {
		cmd := exec.Command("go", "build", "-o", path, "-buildvcs=false", "-ldflags", "-X main.version="+harness.Version, "sessiond/cmd/sessiond")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cannot build the program: %v\n%s", err, out)
		}
	})
	return path
}

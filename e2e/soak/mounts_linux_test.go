//go:build soak

package soak

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
)

// ownMounts says in the environment of a soak that it has a view of mounts of its own.
const ownMounts = "SOAK_OWN_MOUNTS"

func mayMount() bool { return os.Getenv(ownMounts) != "" }

// rerunWithMounts runs the test again with a view of mounts of its own, where it may
// have one: as root.
func rerunWithMounts(t *testing.T) (done bool) {
	if os.Geteuid() != 0 || mayMount() {
		return false
	}
	cmd := exec.Command("/proc/self/exe", append(os.Args[1:], "-test.run=^"+t.Name()+"$")...)
	cmd.Env = append(os.Environ(), ownMounts+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Run(); err != nil {
		t.Errorf("the soak with mounts of its own: %v", err)
	}
	return true
}

// mountDisk makes a folder for the tree that is mounted, if this soak may mount, and
// returns where the folder itself is.
func mountDisk(top string) (disk string, err error) {
	if !mayMount() {
		return "", nil
	}
	disk = top + ".disk"
	return disk, errors.Join(os.Mkdir(disk, 0o755), harness.BindTo(disk, top))
}

// unmountAll unmounts all that is mounted beneath a folder, also what a scene left that
// was broken off.
func unmountAll(folder string) {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(mounts)) {
		if at := strings.Fields(line)[1]; strings.HasPrefix(at, folder+"/") {
			_ = harness.Detach(at) // with one above it
		}
	}
}

// withDisk does something with a folder that is on a file system of its own half of the
// time.
func (w *writer) withDisk(do func(disk string) error) error {
	disk, err := os.MkdirTemp(w.grove.base, "other")
	if err != nil {
		return err
	}
	if err := os.Chmod(disk, 0o755); err != nil {
		return err
	}
	unmount := func() error { return nil }
	if w.one(2) {
		unmount = func() error { return harness.Detach(disk) }
		if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "mode=755"); err != nil {
			return err
		}
	}
	// Nothing may be mounted in it when it is deleted.
	if err := do(disk); err != nil {
		return err
	}
	return errors.Join(unmount(), os.RemoveAll(disk))
}

// copyAs makes a copy of a tree, or of an app folder, that is as told.
func (w *writer) copyAs(kind, from, to string) error {
	if err := copyTree(from, to); err != nil || kind == "a copy" {
		return err
	}
	apart := 3 + w.random.IntN(10)
	return w.eachFile(func(a *appFolder, f *sessionFile) error {
		path := harness.FileOf(to, f.key)
		if filepath.Base(to) == filepath.Base(a.path) {
			path = filepath.Join(to, f.key.ID)
		}
		if !harness.Exists(filepath.Dir(path)) || harness.Exists(path) && !isFile(path) {
			return nil // of another folder than the one that is copied, or no file
		}
		switch n := w.random.IntN(apart); {
		case kind == "a foreign tree" && isFile(path), n == 0:
			return os.WriteFile(path, w.grove.valid(w.random, f.key), 0o644)
		case n == 1:
			return ignoringAbsence(os.Remove(path))
		}
		return nil
	})
}

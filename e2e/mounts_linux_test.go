package e2e

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// privateMounts gives the calling test a view of mounts that nobody else has, but
// the daemons that it starts. It must be called from the test's own goroutine, which
// keeps its thread from then on.
func privateMounts(t testing.TB) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	must(t, unix.Unshare(unix.CLONE_NEWNS))
	must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
}

// mountMemory mounts a file system of its own device.
func mountMemory(t testing.TB, at, options string) {
	t.Helper()
	must(t, os.MkdirAll(at, 0o755))
	must(t, unix.Mount("tmpfs", at, "tmpfs", 0, options))
	t.Cleanup(func() { _ = detach(at) }) // it may be gone
}

// bind mounts a folder a second time until the test ends.
func bind(t testing.TB, from, at string) {
	t.Helper()
	must(t, bindTo(from, at))
	t.Cleanup(func() { _ = detach(at) }) // it may be gone
}

// bindTo mounts a folder a second time.
func bindTo(from, at string) error { return unix.Mount(from, at, "", unix.MS_BIND, "") }

// detach unmounts, also while a daemon is at work there.
func detach(at string) error { return unix.Unmount(at, unix.MNT_DETACH) }

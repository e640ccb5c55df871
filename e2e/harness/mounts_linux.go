package harness

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// PrivateMounts gives the calling test a view of mounts that nobody else has, but
// the daemons that it starts. It must be called from the test's own goroutine, which
// keeps its thread from then on.
func PrivateMounts(t testing.TB) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	Must(t, unix.Unshare(unix.CLONE_NEWNS))
	Must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
}

// MountMemory mounts a file system of its own device.
func MountMemory(t testing.TB, at, options string) {
	t.Helper()
	Must(t, os.MkdirAll(at, 0o755))
	Must(t, unix.Mount("tmpfs", at, "tmpfs", 0, options))
	t.Cleanup(func() { _ = Detach(at) }) // it may be gone
}

// Bind mounts a folder a second time until the test ends.
func Bind(t testing.TB, from, at string) {
	t.Helper()
	Must(t, BindTo(from, at))
	t.Cleanup(func() { _ = Detach(at) }) // it may be gone
}

// BindTo mounts a folder a second time.
func BindTo(from, at string) error { return unix.Mount(from, at, "", unix.MS_BIND, "") }

// Detach unmounts, also while a daemon is at work there.
func Detach(at string) error { return unix.Unmount(at, unix.MNT_DETACH) }

package harness

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// RoomyFolder returns a folder for tests that make very many files: in memory, where
// there is such a place, since a disk needs its time for each.
func RoomyFolder(t testing.TB) string {
	t.Helper()
	const inMemory = "/dev/shm"
	var fs unix.Statfs_t
	if err := unix.Statfs(inMemory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < 1<<30 {
		return t.TempDir()
	}
	folder, err := os.MkdirTemp(inMemory, "sessiond-e2e")
	Must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

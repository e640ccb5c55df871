//go:build unix

package audit

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeSpace returns how many bytes the process may still write to the file system of
// a path, if the system says so.
func freeSpace(path string) (uint64, bool) {
	var st unix.Statfs_t
	if unix.Statfs(filepath.Dir(path), &st) != nil {
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true //nolint:gosec,unconvert // neither is ever negative; their types are not everywhere the same
}

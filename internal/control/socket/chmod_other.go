//go:build unix && !linux

package socket

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// chmodSocket sets the mode of a socket file, and of nothing that a link leads to.
func chmodSocket(path string, mode fs.FileMode) error {
	return unix.Fchmodat(unix.AT_FDCWD, path, uint32(mode), unix.AT_SYMLINK_NOFOLLOW)
}

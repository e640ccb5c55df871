//go:build unix

package watcher

import (
	"errors"

	"golang.org/x/sys/unix"
)

// identity tells a folder from every other that there is at the same time. It is as
// small as can be: each of tens of thousands of watches has one, and one is made
// whenever a pass looks at a folder.
type identity struct{ dev, ino uint64 }

// identify returns the identity of the folder at a path, nil where there is none or
// it cannot be determined. Where the last name of the path is a link, it is followed
// only if follow says so.
func identify(path string, follow bool) *identity {
	stat := unix.Lstat
	if follow {
		stat = unix.Stat
	}
	var st unix.Stat_t
	err := stat(path, &st)
	for errors.Is(err, unix.EINTR) { // file systems that reach over a network may say so
		err = stat(path, &st)
	}
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	return &identity{dev: uint64(st.Dev), ino: st.Ino} //nolint:unconvert // of another type on other systems
}

// same reports whether both are the same folder, and that there is one.
func same(a, b *identity) bool { return a != nil && b != nil && *a == *b }

// sameDevice reports whether two folders are on one device, by their st_dev.
func sameDevice(a, b *identity) bool { return a.dev == b.dev }

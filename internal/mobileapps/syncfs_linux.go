package mobileapps

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// SyncFileSystem has all on disk that is on the file system of an open file. It is
// errors.ErrUnsupported where it could fail without a word: syncfs(2) tells of failed
// writes since Linux 5.8.
func SyncFileSystem(fd int) error {
	if !syncTells() {
		return errors.ErrUnsupported
	}
	err := ignoringEINTR(func() error { return unix.Syncfs(fd) })
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) { // a filter of system calls
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return err
}

func syncTells() bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	release, _, _ := bytes.Cut(name.Release[:], []byte{0})
	return tellsOfFailedWrites(string(release))
}

// tellsOfFailedWrites reports whether syncfs of a release of Linux does.
func tellsOfFailedWrites(release string) bool {
	var major, minor int
	n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor)
	return n == 2 && (major > 5 || major == 5 && minor >= 8)
}

package mobileapps

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// WriteMethod is how this system puts a changed file in place.
const WriteMethod = "swap"

func exchange(dirfd int, a, b string) error {
	return noSupport(unix.RenameatxNp(dirfd, a, dirfd, b, unix.RENAME_SWAP))
}

// renameNew renames without replacing.
func renameNew(dirfd int, from, to string) error {
	return noSupport(unix.RenameatxNp(dirfd, from, dirfd, to, unix.RENAME_EXCL))
}

// makeFile makes a file whose content is still to come. Access control lists of this
// system can only be copied by the system itself: the new file begins as a clone.
func (f *writeFolder) makeFile(n NewFile) (fd int, err error) {
	flags := unix.O_WRONLY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	if n.From == "" {
		flags |= unix.O_CREAT | unix.O_EXCL
	} else if err := unix.Clonefileat(f.fd, n.From, f.fd, n.Name, unix.CLONE_NOFOLLOW); err != nil {
		if errors.Is(err, unix.ENOTSUP) {
			return -1, fmt.Errorf("%w: %w", ErrAttributes, err)
		}
		return -1, err
	}
	err = ignoringEINTR(func() error {
		fd, err = unix.Openat(f.fd, n.Name, flags, 0o600)
		return err
	})
	if err == nil && n.From != "" {
		if err = unix.Ftruncate(fd, 0); err != nil {
			unix.Close(fd)
		}
	}
	if err != nil && n.From != "" {
		return -1, errors.Join(err, f.Remove(n.Name))
	}
	return fd, err
}

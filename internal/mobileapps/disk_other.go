//go:build unix && !linux

package mobileapps

import "golang.org/x/sys/unix"

// list implements lister.
func (f *diskFolder) list(b *Batch) (more bool, err error) { return plain{f}.list(b) }

// statAt looks at a file in an open folder.
func statAt(dirfd int, name []byte) (Signature, error) {
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstatat(dirfd, string(name), &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return Signature{}, err
	}
	return regular(&st)
}

// openAt opens what is in an open folder.
func openAt(dirfd int, name []byte, flags int) (fd int, err error) {
	err = ignoringEINTR(func() error {
		fd, err = unix.Openat(dirfd, string(name), unix.O_RDONLY|unix.O_CLOEXEC|flags, 0)
		return err
	})
	return fd, err
}

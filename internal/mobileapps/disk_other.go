//go:build unix && !linux

package mobileapps

import "golang.org/x/sys/unix"

// list implements lister.
func (f *diskFolder) list(b *Batch) (more bool, err error) { return plain{f}.list(b) }

// openAt opens what is in an open folder.
func openAt(dirfd int, name []byte, flags int) (fd int, err error) {
	err = ignoringEINTR(func() error {
		fd, err = unix.Openat(dirfd, string(name), unix.O_RDONLY|unix.O_CLOEXEC|flags, 0)
		return err
	})
	return fd, err
}

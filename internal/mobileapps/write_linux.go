package mobileapps

import "golang.org/x/sys/unix"

// WriteMethod is how this system puts a changed file in place.
const WriteMethod = "exchange"

func exchange(dirfd int, a, b string) error {
	return noSupport(unix.Renameat2(dirfd, a, dirfd, b, unix.RENAME_EXCHANGE))
}

// renameNew renames without replacing.
func renameNew(dirfd int, from, to string) error {
	return noSupport(unix.Renameat2(dirfd, from, dirfd, to, unix.RENAME_NOREPLACE))
}

// makeFile makes an empty file that nobody else may open yet.
func (f *writeFolder) makeFile(n NewFile) (fd int, err error) {
	err = ignoringEINTR(func() error {
		fd, err = unix.Openat(f.fd, n.Name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		return err
	})
	return fd, err
}

package mobileapps

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// stater looks at files and folders.
type stater struct {
	// statx is false where statx(2) cannot be called: kernels before 4.11 do not have
	// it, and the filters of old containers answer it with an error of their own, mostly
	// EPERM, for every file alike.
	statx bool
}

// newStater makes a call that is an error in any case. It involves no file, so the
// answer of a file system about one of its files, which may be EPERM or ENOSYS,
// too, is never taken for a filter's answer.
func newStater() stater {
	_, _, errno := unix.Syscall6(unix.SYS_STATX, badDescriptor, 0, 0, 0, 0, 0)
	return stater{statx: errno == unix.EFAULT}
}

// badDescriptor is never open.
const badDescriptor = ^uintptr(0)

// on returns the description of a file system as this stater sees it.
func (s stater) on(fs *unix.Statfs_t) FileSystem {
	if s.statx {
		return fileSystemOf(fs)
	}
	return fileSystemOf(fs).withoutFresh()
}

// at looks at a file in an open folder, by its name, which a zero byte follows. A fresh
// look has a file system ask its server.
func (s stater) at(dirfd int, name []byte, fresh bool) (Signature, error) {
	switch {
	case !s.statx:
		return fstatAt(dirfd, name)
	case fresh:
		return statx(dirfd, name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_STATX_FORCE_SYNC)
	}
	return statx(dirfd, name, unix.AT_SYMLINK_NOFOLLOW)
}

// file looks at an open file.
func (s stater) file(fd int, fresh bool) (Signature, error) {
	if !s.statx || !fresh {
		return statFile(fd)
	}
	return statx(fd, []byte{0}, unix.AT_EMPTY_PATH|unix.AT_STATX_FORCE_SYNC)
}

// statx calls statx(2) for a file.
func statx(dirfd int, name []byte, flags int) (Signature, error) {
	var stx unix.Statx_t
	for {
		_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(dirfd), uintptr(unsafe.Pointer(unsafe.SliceData(name))), //nolint:gosec // see disk_linux.go
			uintptr(flags), unix.STATX_TYPE|unix.STATX_INO|unix.STATX_SIZE|unix.STATX_MTIME|unix.STATX_CTIME,
			uintptr(unsafe.Pointer(&stx)), 0) //nolint:gosec // as above
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return Signature{}, errno
		case stx.Mode&unix.S_IFMT != unix.S_IFREG:
			return Signature{}, errOtherKind
		}
		return signatureX(&stx), nil
	}
}

// dir looks at a folder: at the open one, or at that of a path. The number of its
// mount is 0 where the kernel has none.
func (s stater) dir(dirfd int, path string, fresh bool) (sig Signature, mountID uint64, err error) {
	if !s.statx {
		sig, err = fstatDir(dirfd, path)
		return sig, 0, err
	}
	flags := unix.AT_STATX_SYNC_AS_STAT
	if fresh {
		flags = unix.AT_STATX_FORCE_SYNC
	}
	if path == "" {
		flags |= unix.AT_EMPTY_PATH
	}
	var stx unix.Statx_t
	err = ignoringEINTR(func() error {
		return unix.Statx(dirfd, path, flags, unix.STATX_BASIC_STATS|unix.STATX_MNT_ID|unix.STATX_MNT_ID_UNIQUE, &stx)
	})
	if err != nil {
		return Signature{}, 0, err
	}
	if stx.Mask&(unix.STATX_MNT_ID|unix.STATX_MNT_ID_UNIQUE) != 0 {
		mountID = stx.Mnt_id
	}
	return signatureX(&stx), mountID, nil
}

func signatureX(stx *unix.Statx_t) Signature {
	return Signature{
		Dev:   unix.Mkdev(stx.Dev_major, stx.Dev_minor),
		Ino:   stx.Ino,
		Size:  int64(stx.Size), //nolint:gosec // no file is that large
		Mtime: stx.Mtime.Sec*1e9 + int64(stx.Mtime.Nsec),
		Ctime: stx.Ctime.Sec*1e9 + int64(stx.Ctime.Nsec),
	}
}

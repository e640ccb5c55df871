package mobileapps

import (
	"bytes"
	"encoding/binary"
	"io"
	"unsafe"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// What is here asks the kernel with names as they lie in a buffer: the calls of
// package unix take strings, and would make one and a copy of it for each file
// that is looked at.

// listBuffer is how much of a listing is asked for at once, in bytes: some 450
// session files, each of which is then looked at while the rest of its kind is
// in the processor's cache.
const listBuffer = 32 << 10

// list implements lister.
func (f *diskFolder) list(b *Batch) error {
	if b.buffer == nil {
		b.buffer = make([]byte, listBuffer)
	}
	var n int
	err := ignoringEINTR(func() (err error) {
		n, err = unix.Getdents(f.fd, b.buffer)
		return err
	})
	switch {
	case err != nil:
		return err
	case n == 0:
		return io.EOF
	}
	b.take(b.buffer[:n])
	return nil
}

// The parts of a struct linux_dirent64 before the name.
const (
	direntLength = 16 // of the record, two bytes
	direntType   = 18 // one byte
	direntName   = 19 // ends with a zero byte
)

// take adds the session files among the entries of a listing.
func (b *Batch) take(entries []byte) {
	for len(entries) > direntName {
		length := int(binary.NativeEndian.Uint16(entries[direntLength:]))
		one := entries[:length]
		entries = entries[length:]
		kind := one[direntType]
		if kind != unix.DT_REG && kind != unix.DT_UNKNOWN {
			continue
		}
		name := one[direntName:]
		if end := bytes.IndexByte(name, 0); end >= 0 && session.IsSessionFileName(name[:end]) {
			b.entries = append(b.entries, Entry{name: name[:end], certain: kind == unix.DT_REG})
		}
	}
}

// statAt looks at a file in an open folder, by its name, which a zero byte
// follows.
func statAt(dirfd int, name []byte) (Signature, error) {
	var stx unix.Statx_t
	for {
		_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(dirfd), uintptr(unsafe.Pointer(unsafe.SliceData(name))), //nolint:gosec // see above
			unix.AT_SYMLINK_NOFOLLOW, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_SIZE|unix.STATX_MTIME|unix.STATX_CTIME,
			uintptr(unsafe.Pointer(&stx)), 0) //nolint:gosec // the same
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return Signature{}, errno
		case stx.Mode&unix.S_IFMT != unix.S_IFREG:
			return Signature{}, errOtherKind
		}
		return Signature{
			Dev:   unix.Mkdev(stx.Dev_major, stx.Dev_minor),
			Ino:   stx.Ino,
			Size:  int64(stx.Size), //nolint:gosec // no file is that large
			Mtime: stx.Mtime.Sec*1e9 + int64(stx.Mtime.Nsec),
			Ctime: stx.Ctime.Sec*1e9 + int64(stx.Ctime.Nsec),
		}, nil
	}
}

// openAt opens what is in an open folder, by its name, which a zero byte
// follows.
func openAt(dirfd int, name []byte, flags int) (int, error) {
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(dirfd), uintptr(unsafe.Pointer(unsafe.SliceData(name))), //nolint:gosec // see above
			uintptr(unix.O_RDONLY|unix.O_CLOEXEC|flags), 0, 0, 0)
		switch errno {
		case unix.EINTR:
			continue
		case 0:
			return int(fd), nil
		}
		return -1, errno
	}
}

package mobileapps

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"

	"sessiond/internal/session"
)

// The functions below pass names to the kernel as they lie in a buffer: those of
// package unix take strings, which would cost an allocation and a copy for each
// file.

const (
	// listBuffer is how much of a listing makes a batch, in bytes: some 900 session
	// files.
	listBuffer = 64 << 10
	// listAtOnce is how much of it is asked for with one call, some 110 files: the
	// kernel may let nobody else on the processor before it is done.
	listAtOnce = 8 << 10
)

// list implements lister.
func (f *diskFolder) list(b *Batch) (more bool, err error) {
	if b.room == nil {
		b.room = make([]byte, listBuffer)
		b.names = b.room
	}
	var n int
	err = ignoringEINTR(func() (err error) {
		n, err = unix.Getdents(f.fd, b.room[:min(len(b.room), listAtOnce)])
		return err
	})
	if err != nil {
		return false, err
	}
	b.take(b.room[:n])
	b.room = b.room[n:]
	b.last = n == 0
	return !b.last && len(b.room) >= leastRoom, nil
}

// leastRoom is the smallest buffer for a listing, in bytes: an entry that does not
// fit is an error, and there are file systems with longer names than Linux has.
const leastRoom = 4 << 10

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
		if kind != unix.DT_REG && kind != unix.DT_UNKNOWN && kind != unix.DT_LNK {
			continue
		}
		name := one[direntName:]
		switch end := bytes.IndexByte(name, 0); {
		case end < 0 || !session.IsSessionFileName(name[:end]):
		case kind == unix.DT_LNK:
			b.links++
		default:
			b.entries = append(b.entries, Entry{name: name[:end], certain: kind == unix.DT_REG})
		}
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

//go:build unix

package mobileapps

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// errTooLarge says that a session file is over the limit.
var errTooLarge error = unix.EFBIG

// Open implements [Tree]. The root itself may be reached through a link.
func (d *Disk) Open() (Root, error) {
	dir, sig, err := openDir(unix.AT_FDCWD, d.root, 0)
	if err != nil {
		return nil, err
	}
	return &diskRoot{disk: d, dir: dir, sig: sig}, nil
}

type diskRoot struct {
	disk *Disk
	dir  *os.File
	sig  Signature
}

func (r *diskRoot) Signature() Signature         { return r.sig }
func (r *diskRoot) Next(n int) ([]string, error) { return nextApps(r.dir, n) }
func (r *diskRoot) Close()                       { r.dir.Close() }

func (r *diskRoot) Open(app string) (Folder, error) {
	dir, sig, err := openDir(int(r.dir.Fd()), app, unix.O_NOFOLLOW)
	// A link gives ELOOP or ENOTDIR, anything else that is no folder ENOTDIR.
	if errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return nil, errOtherKind
	}
	if err != nil {
		return nil, err
	}
	return &diskFolder{dir: dir, sig: sig, maxFileSize: r.disk.maxFileSize}, nil
}

type diskFolder struct {
	dir         *os.File
	sig         Signature
	maxFileSize int64
}

func (f *diskFolder) Signature() Signature { return f.sig }
func (f *diskFolder) Close()               { f.dir.Close() }

func (f *diskFolder) Next(n int) ([]File, error) { return nextFiles(f.dir, n, f.Stat) }

func (f *diskFolder) Stat(id string) (Signature, error) {
	var st unix.Stat_t
	err := ignoringEINTR(func() error {
		return unix.Fstatat(int(f.dir.Fd()), id, &st, unix.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return Signature{}, err
	}
	return regular(&st)
}

func (f *diskFolder) Read(id string) (Content, error) {
	// Opening a device can do things, and opening what is no regular file is
	// never needed: look before, and again at what was opened.
	if _, err := f.Stat(id); err != nil {
		return Content{}, err
	}
	fd, err := openAt(int(f.dir.Fd()), id, unix.O_NOFOLLOW)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) {
		return Content{}, errOtherKind // swapped for a link or a socket meanwhile
	}
	if err != nil {
		return Content{}, err
	}
	defer unix.Close(fd)

	before, err := statFile(fd)
	if err != nil {
		return Content{}, err
	}
	if before.Size > f.maxFileSize {
		return Content{}, errTooLarge
	}
	data, err := readAll(func(p []byte) (n int, err error) {
		err = ignoringEINTR(func() error {
			n, err = unix.Read(fd, p)
			return err
		})
		return n, err
	}, before.Size, f.maxFileSize)
	if err != nil {
		return Content{}, err
	}
	// A truncation during the read looks like a clean end of file.
	after, err := statFile(fd)
	if err != nil {
		return Content{}, err
	}
	return Content{
		Data:      data,
		Signature: after,
		Stable:    before == after && int64(len(data)) == after.Size,
	}, nil
}

// openAt opens for reading without ever blocking: O_NONBLOCK keeps FIFOs and
// files with a lease from holding up the open.
func openAt(dirfd int, name string, flags int) (fd int, err error) {
	err = ignoringEINTR(func() error {
		fd, err = unix.Openat(dirfd, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY|flags, 0)
		return err
	})
	return fd, err
}

func openDir(dirfd int, name string, flags int) (*os.File, Signature, error) {
	fd, err := openAt(dirfd, name, unix.O_DIRECTORY|flags)
	if err != nil {
		return nil, Signature{}, err
	}
	dir := os.NewFile(uintptr(fd), name)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		dir.Close()
		return nil, Signature{}, err
	}
	return dir, signature(&st), nil
}

func statFile(fd int) (Signature, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return Signature{}, err
	}
	return regular(&st)
}

func regular(st *unix.Stat_t) (Signature, error) {
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return Signature{}, errOtherKind
	}
	return signature(st), nil
}

func statPath(path string) (Signature, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return Signature{}, err
	}
	return signature(&st), nil
}

// ignoringEINTR calls again what a signal interrupted: file systems that reach
// over a network may say so.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR { //nolint:errorlint // a raw errno
			return err
		}
	}
}

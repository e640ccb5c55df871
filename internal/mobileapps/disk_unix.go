//go:build unix

package mobileapps

import (
	"errors"
	"io/fs"
	"math/bits"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// Open implements [Tree]. The root itself may be reached through a link.
func (d *Disk) Open() (Root, error) {
	dir, err := d.stat.openDir(unix.AT_FDCWD, d.root, 0)
	if err != nil {
		return nil, err
	}
	return &diskRoot{disk: d, dir: dir.file, sig: dir.sig, mount: dir.mount, on: dir.on}, nil
}

type diskRoot struct {
	disk  *Disk
	dir   *os.File
	sig   Signature
	mount Mount
	on    FileSystem
	links int
}

// Links implements [LinkCounter].
func (r *diskRoot) Links() int { return r.links }

func (r *diskRoot) Signature() Signature  { return r.sig }
func (r *diskRoot) Mount() Mount          { return r.mount }
func (r *diskRoot) Place() (Place, error) { return r.disk.place(r.mount) }
func (r *diskRoot) Close()                { r.dir.Close() }

func (r *diskRoot) Next(n int) ([]string, error) {
	apps, links, err := nextApps(r.dir, n)
	r.links += links
	return apps, err
}

func (r *diskRoot) Open(app string) (Folder, error) {
	if !isApp(app) {
		return nil, fs.ErrNotExist
	}
	dir, err := r.disk.stat.openDir(int(r.dir.Fd()), app, unix.O_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ELOOP): // a link gives either
		return nil, errOtherKind
	case errors.Is(err, unix.ENAMETOOLONG):
		return nil, fs.ErrNotExist
	case errors.Is(err, unix.ENOENT) && r.on.Caches && r.lists(app):
		return nil, unix.ESTALE
	case err != nil:
		return nil, err
	}
	return &diskFolder{disk: r.disk, dir: dir.file, fd: int(dir.file.Fd()), sig: dir.sig, mount: dir.mount, on: dir.on}, nil
}

// lists reports whether a new listing of the root has a name. A file system that
// caches may go on saying that a folder is not there.
func (r *diskRoot) lists(name string) bool {
	fd, err := openAt(int(r.dir.Fd()), []byte{'.', 0}[:1], unix.O_DIRECTORY)
	if err != nil {
		return false
	}
	dir := os.NewFile(uintptr(fd), r.dir.Name())
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	return err == nil && slices.Contains(names, name)
}

type diskFolder struct {
	disk  *Disk
	dir   *os.File
	fd    int
	sig   Signature
	mount Mount
	on    FileSystem
}

func (f *diskFolder) FileSystem() FileSystem       { return f.on }
func (f *diskFolder) Signature() Signature         { return f.sig }
func (f *diskFolder) Mount() Mount                 { return f.mount }
func (f *diskFolder) Next(n int) ([]string, error) { return nextFiles(f.dir, n) }
func (f *diskFolder) Close()                       { f.dir.Close() }

func (f *diskFolder) Stat(id string) (Signature, error) {
	var b Batch
	b.Add(id)
	return f.stat(b.Entry(0))
}

func (f *diskFolder) Read(id string) (Content, error) {
	var b Batch
	b.Add(id)
	// Opening a device can do things, and opening what is no regular file is
	// never needed: look before, and again at what was opened.
	if _, err := f.stat(b.Entry(0)); err != nil {
		return Content{}, err
	}
	return f.read(b.Entry(0), nil)
}

func (f *diskFolder) stat(e *Entry) (Signature, error) {
	if !e.certain && !isFile(e.ID()) {
		return Signature{}, fs.ErrNotExist
	}
	sig, err := f.disk.stat.at(f.fd, e.name, e.Fresh && f.on.Caches)
	switch {
	case errors.Is(err, unix.ENAMETOOLONG):
		return Signature{}, fs.ErrNotExist
	case errors.Is(err, unix.EACCES): // to look at a file needs the right to search its folder, and no other
		return Signature{}, FolderError{err}
	}
	return sig, err
}

// read reads what was a regular file a moment ago.
func (f *diskFolder) read(e *Entry, buffer []byte) (Content, error) {
	// O_NONBLOCK keeps FIFOs and files with a lease from holding up the open.
	fd, err := openAt(f.fd, e.name, unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		// A link or a socket that took its place cannot be opened either, nor can
		// anything in a folder without the right to search it: then that is what
		// counts.
		if _, err := f.stat(e); err != nil {
			return Content{}, err
		}
		return Content{}, err
	}
	defer unix.Close(fd)

	o := opened{
		stat: func() (Signature, error) { return f.disk.stat.file(fd, e.Fresh && f.on.Caches) },
		readAt: func(p []byte, at int64) (n int, err error) {
			err = ignoringEINTR(func() error {
				n, err = unix.Pread(fd, p, at)
				return err
			})
			return n, err
		},
	}
	return o.content(buffer, f.disk.maxFileSize)
}

// folder is a folder that was opened.
type folder struct {
	file  *os.File
	sig   Signature
	mount Mount
	on    FileSystem
}

// openDir opens a folder. O_DIRECTORY refuses all that could block. Its signature is
// always fresh, and so is then the listing of one that the kernel has in memory.
func (s stater) openDir(dirfd int, name string, flags int) (folder, error) {
	fd, err := openAt(dirfd, append([]byte(name), 0)[:len(name)], unix.O_DIRECTORY|flags)
	if err != nil {
		return folder{}, err
	}
	var fs unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Fstatfs(fd, &fs) }); err != nil {
		unix.Close(fd)
		return folder{}, err
	}
	on := s.on(&fs)
	sig, mountID, err := s.dir(fd, "", on.Caches)
	if err != nil {
		unix.Close(fd)
		return folder{}, err
	}
	sig.Dev = fileSystem(&fs, sig.Dev)
	return folder{file: os.NewFile(uintptr(fd), name), sig: sig, mount: Mount{ID: mountID, Device: sig.Dev}, on: on}, nil
}

// folder looks at a folder by its path.
func (s stater) folder(path string) (Signature, Mount, error) {
	var fs unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Statfs(path, &fs) }); err != nil {
		return Signature{}, Mount{}, err
	}
	sig, mountID, err := s.dir(unix.AT_FDCWD, path, fileSystemOf(&fs).Caches)
	if err != nil {
		return Signature{}, Mount{}, err
	}
	return sig, Mount{ID: mountID, Device: fileSystem(&fs, sig.Dev)}, nil
}

// fileSystem returns a number that stands for the file system of an open folder.
// The device number alone does not: that of an unmounted tmpfs, or of a network
// share, is given to the next one at once.
func fileSystem(fs *unix.Statfs_t, dev uint64) uint64 {
	id := uint64(uint32(fs.Fsid.Val[0]))<<32 | uint64(uint32(fs.Fsid.Val[1])) //nolint:gosec // bits, not numbers
	// Some file systems make their id of the device number: turned, the two
	// cannot cancel out.
	return dev ^ bits.RotateLeft64(id, 16)
}

// fstatDir looks at a folder: at the open one, or at that of a path.
func fstatDir(dirfd int, path string) (Signature, error) {
	var st unix.Stat_t
	err := ignoringEINTR(func() error {
		if path == "" {
			return unix.Fstat(dirfd, &st)
		}
		return unix.Fstatat(dirfd, path, &st, 0)
	})
	return signature(&st), err
}

// fstatAt looks at a file in an open folder, and not behind a link.
func fstatAt(dirfd int, name []byte) (Signature, error) {
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstatat(dirfd, string(name), &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return Signature{}, err
	}
	return regular(&st)
}

func statFile(fd int) (Signature, error) {
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &st) }); err != nil {
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

// ignoringEINTR calls again what a signal interrupted: file systems that reach
// over a network may say so.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR { //nolint:errorlint // a raw errno
			return err
		}
	}
}

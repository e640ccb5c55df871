//go:build unix

package mobileapps

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// OpenForWriting implements [WriteTree].
func (d *Disk) OpenForWriting() (WriteRoot, error) {
	dir, err := d.stat.openDir(unix.AT_FDCWD, d.root, 0)
	if err != nil {
		return nil, err
	}
	return &writeRoot{&diskRoot{disk: d, dir: dir.file, sig: dir.sig, mount: dir.mount, on: dir.on}}, nil
}

type writeRoot struct{ *diskRoot }

func (r *writeRoot) Path() string { return r.disk.root }

// Lock locks the folder itself, so that nothing has to be written for it.
func (r *writeRoot) Lock() error {
	err := ignoringEINTR(func() error { return unix.Flock(int(r.dir.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}

func (r *writeRoot) Open(app string) (WriteFolder, error) {
	folder, err := r.diskRoot.Open(app)
	if err != nil {
		return nil, err
	}
	return &writeFolder{diskFolder: folder.(*diskFolder), path: filepath.Join(r.disk.root, app)}, nil //nolint:forcetypeassert // it opens no other
}

type writeFolder struct {
	*diskFolder

	path string
}

func (f *writeFolder) Path() string { return f.path }

func (f *writeFolder) Identify(name string) (Identity, error) {
	if !isEditable(name) {
		return Identity{}, fs.ErrNotExist
	}
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstatat(f.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return Identity{}, err
	}
	return identity(&st), nil
}

func identity(st *unix.Stat_t) Identity {
	sig := signature(st)
	return Identity{Dev: sig.Dev, Ino: sig.Ino, Regular: st.Mode&unix.S_IFMT == unix.S_IFREG}
}

func (f *writeFolder) Read(name string) (File, error) {
	// Opening what is no regular file can have effects.
	switch id, err := f.Identify(name); {
	case err != nil:
		return File{}, err
	case !id.Regular:
		return File{}, errOtherKind
	}
	fd, err := openAt(f.fd, append([]byte(name), 0)[:len(name)], unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		return File{}, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &st) }); err != nil {
		return File{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return File{}, errOtherKind
	}
	file := File{Links: uint64(st.Nlink)} //nolint:unconvert // other architectures have other types
	if file.Attributes, err = attributes(fd, &st); err != nil {
		return File{}, err
	}
	before, fresh := signature(&st), !f.on.Caches
	o := opened{
		stat: func() (Signature, error) {
			if fresh {
				fresh = false
				return before, nil
			}
			return f.disk.stat.file(fd, f.on.Caches)
		},
		readAt: func(p []byte, at int64) (n int, err error) {
			err = ignoringEINTR(func() error {
				n, err = unix.Pread(fd, p, at)
				return err
			})
			return n, err
		},
	}
	file.Content, err = o.content(nil, f.disk.maxFileSize)
	if errors.Is(err, errTooLarge) {
		file.Content.Signature = before
	}
	return file, err
}

// Create implements [WriteFolder].
func (f *writeFolder) Create(n NewFile) (Identity, error) {
	if !IsTemporary(n.Name) {
		return Identity{}, fs.ErrInvalid
	}
	fd, err := f.makeFile(n)
	if err != nil {
		return Identity{}, err
	}
	id, err := fill(fd, n)
	if closed := unix.Close(fd); err == nil {
		err = closed
	}
	if err != nil {
		if gone := f.Remove(n.Name); gone != nil {
			err = errors.Join(err, fmt.Errorf("cannot remove what was made of it: %w", gone))
		}
		return Identity{}, err
	}
	return id, nil
}

// fill writes a new file, and has it on disk with its attributes.
func fill(fd int, n NewFile) (Identity, error) {
	for data := n.Data; len(data) > 0; {
		wrote, err := unix.Write(fd, data)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return Identity{}, err
		case wrote == 0:
			return Identity{}, io.ErrShortWrite
		}
		data = data[wrote:]
	}
	var st unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &st) }); err != nil {
		return Identity{}, err
	}
	if err := takeAttributes(fd, &st, n.Like); err != nil {
		return Identity{}, err
	}
	if !n.Unsynced {
		if err := fsync(fd); err != nil {
			return Identity{}, err
		}
	}
	return identity(&st), nil
}

func fsync(fd int) error { return ignoringEINTR(func() error { return unix.Fsync(fd) }) }

// SyncFile implements [WriteFolder]. That the file was written through another descriptor
// makes no difference to fsync(2).
func (f *writeFolder) SyncFile(name string) error {
	if !IsTemporary(name) {
		return fs.ErrInvalid
	}
	fd, err := openAt(f.fd, append([]byte(name), 0)[:len(name)], unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return fsync(fd)
}

// SyncFileSystem implements [WriteFolder].
func (f *writeFolder) SyncFileSystem() error { return SyncFileSystem(f.fd) }

func (f *writeFolder) Exchange(a, b string) error {
	if !isEditable(a) || !isEditable(b) {
		return fs.ErrInvalid
	}
	return exchange(f.fd, a, b)
}

func (f *writeFolder) Rename(from, to string) error {
	if !isEditable(from) || !isEditable(to) {
		return fs.ErrInvalid
	}
	err := renameNew(f.fd, from, to)
	if !errors.Is(err, ErrNoExchange) {
		return err
	}
	// A link does not replace anything either. The file has two names for a moment.
	if linked := unix.Linkat(f.fd, from, f.fd, to, 0); linked != nil {
		if errors.Is(linked, fs.ErrExist) {
			return linked
		}
		return err
	}
	return unix.Unlinkat(f.fd, from, 0)
}

func (f *writeFolder) Remove(name string) error {
	if !isEditable(name) {
		return fs.ErrInvalid
	}
	return ignoringEINTR(func() error { return unix.Unlinkat(f.fd, name, 0) })
}

// Sync implements [WriteFolder]. Where a file system has nothing to sync for a folder, it
// says EINVAL.
func (f *writeFolder) Sync() error {
	err := fsync(f.fd)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return err
}

func (f *writeFolder) Temporaries() ([]string, error) {
	fd, err := openAt(f.fd, []byte{'.', 0}[:1], unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	dir := os.NewFile(uintptr(fd), f.path)
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	kept := names[:0]
	for _, name := range names {
		if IsTemporary(name) {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// noSupport makes [ErrNoExchange] of what systems say to flags they do not know.
func noSupport(err error) error {
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return fmt.Errorf("%w: %w", ErrNoExchange, err)
	}
	return err
}

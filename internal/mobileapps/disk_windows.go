package mobileapps

import (
	"os"

	"golang.org/x/sys/windows"
)

// errTooLarge says that a session file is over the limit.
var errTooLarge error = windows.ERROR_FILE_TOO_LARGE

// Open implements [Tree]. os.Root shares every handle for reading, writing and
// deleting, so that a look never makes another program's save fail.
func (d *Disk) Open() (Root, error) {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, err
	}
	dir, sig, err := openSelf(root)
	if err != nil {
		root.Close()
		return nil, err
	}
	return &diskRoot{disk: d, root: root, dir: dir, sig: sig}, nil
}

type diskRoot struct {
	disk *Disk
	root *os.Root
	dir  *os.File
	sig  Signature
}

func (r *diskRoot) Signature() Signature         { return r.sig }
func (r *diskRoot) Next(n int) ([]string, error) { return nextApps(r.dir, n) }

func (r *diskRoot) Close() {
	r.dir.Close()
	r.root.Close()
}

func (r *diskRoot) Open(app string) (Folder, error) {
	before, err := r.root.Lstat(app)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() {
		return nil, errOtherKind
	}
	root, err := r.root.OpenRoot(app)
	if err != nil {
		return nil, err
	}
	dir, sig, err := openSelf(root)
	if err != nil {
		root.Close()
		return nil, err
	}
	f := &diskFolder{root: root, dir: dir, sig: sig, maxFileSize: r.disk.maxFileSize}
	// os.Root follows links beneath it: what was opened must be what stood
	// there.
	after, err := dir.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = errOtherKind
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

type diskFolder struct {
	root        *os.Root
	dir         *os.File
	sig         Signature
	maxFileSize int64
}

func (f *diskFolder) Signature() Signature { return f.sig }

func (f *diskFolder) Close() {
	f.dir.Close()
	f.root.Close()
}

func (f *diskFolder) Next(n int) ([]File, error) { return nextFiles(f.dir, n, f.Stat) }

func (f *diskFolder) Stat(id string) (Signature, error) {
	file, sig, err := f.open(id)
	if err != nil {
		return Signature{}, err
	}
	file.Close()
	return sig, nil
}

func (f *diskFolder) open(id string) (*os.File, Signature, error) {
	before, err := f.root.Lstat(id)
	if err != nil {
		return nil, Signature{}, err
	}
	if !before.Mode().IsRegular() {
		return nil, Signature{}, errOtherKind
	}
	file, err := f.root.Open(id)
	if err != nil {
		return nil, Signature{}, err
	}
	after, err := file.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = errOtherKind
	}
	var sig Signature
	if err == nil {
		sig, err = statOpen(file)
	}
	if err != nil {
		file.Close()
		return nil, Signature{}, err
	}
	return file, sig, nil
}

func (f *diskFolder) Read(id string) (Content, error) {
	file, before, err := f.open(id)
	if err != nil {
		return Content{}, err
	}
	defer file.Close()
	if before.Size > f.maxFileSize {
		return Content{}, errTooLarge
	}
	data, err := readAll(file.Read, before.Size, f.maxFileSize)
	if err != nil {
		return Content{}, err
	}
	after, err := statOpen(file)
	if err != nil {
		return Content{}, err
	}
	return Content{
		Data:      data,
		Signature: after,
		Stable:    before == after && int64(len(data)) == after.Size,
	}, nil
}

func openSelf(root *os.Root) (*os.File, Signature, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, Signature{}, err
	}
	sig, err := statOpen(dir)
	if err != nil {
		dir.Close()
		return nil, Signature{}, err
	}
	return dir, sig, nil
}

// statOpen takes volume and index from the open handle: they stand for device
// and inode. Windows tells no change time through this call; the last write
// time stands for both.
func statOpen(file *os.File) (Signature, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return Signature{}, err
	}
	written := info.LastWriteTime.Nanoseconds()
	return Signature{
		Dev:   uint64(info.VolumeSerialNumber),
		Ino:   uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow),
		Size:  int64(info.FileSizeHigh)<<32 | int64(info.FileSizeLow),
		Mtime: written,
		Ctime: written,
	}, nil
}

func statPath(path string) (Signature, error) {
	dir, err := os.Open(path)
	if err != nil {
		return Signature{}, err
	}
	defer dir.Close()
	return statOpen(dir)
}

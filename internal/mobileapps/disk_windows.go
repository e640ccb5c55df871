package mobileapps

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// stater needs no state on Windows.
type stater struct{}

func newStater() stater { return stater{} }

// Open implements [Tree]. What is opened beneath an os.Root is shared for
// reading, writing and deleting, so that a look never makes another program's
// save fail. What is opened by a path is not: the root is opened once more
// beneath itself, and only that is held.
func (d *Disk) Open() (Root, error) {
	byPath, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, err
	}
	root, err := byPath.OpenRoot(".")
	byPath.Close()
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

func (r *diskRoot) Signature() Signature  { return r.sig }
func (r *diskRoot) Mount() Mount          { return Mount{Device: r.sig.Dev} }
func (r *diskRoot) Place() (Place, error) { return r.disk.place(r.Mount()) }

func (r *diskRoot) Next(n int) ([]string, error) {
	apps, _, err := nextApps(r.dir, n)
	return apps, err
}

func (r *diskRoot) Close() {
	r.dir.Close()
	r.root.Close()
}

func (r *diskRoot) Open(app string) (Folder, error) {
	if !isApp(app) {
		return nil, fs.ErrNotExist
	}
	before, err := lstat(r.root, app)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() {
		return nil, errOtherKind
	}
	path := filepath.Join(r.disk.root, app)
	if err := mustBeSpelled(r.disk.root, app); err != nil {
		return nil, err
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
	f := &diskFolder{path: path, root: root, dir: dir, sig: sig, on: fileSystemOf(windows.Handle(dir.Fd())), maxFileSize: r.disk.maxFileSize}
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
	path        string
	root        *os.Root
	dir         *os.File
	sig         Signature
	on          FileSystem
	maxFileSize int64
	// listed is set once names came from here: files are asked for by these from then on.
	listed bool
}

func (f *diskFolder) Signature() Signature   { return f.sig }
func (f *diskFolder) Mount() Mount           { return Mount{Device: f.sig.Dev} }
func (f *diskFolder) FileSystem() FileSystem { return f.on }

func (f *diskFolder) Next(n int) ([]string, error) {
	if !f.listed { // others may look at files of the first names by now
		f.listed = true
	}
	return nextFiles(f.dir, n)
}

func (f *diskFolder) Close() {
	f.dir.Close()
	f.root.Close()
}

func (f *diskFolder) Stat(id string) (Signature, error) {
	file, sig, err := f.open(id)
	if err != nil {
		return Signature{}, err
	}
	file.Close()
	return sig, nil
}

func (f *diskFolder) open(id string) (*os.File, Signature, error) {
	if !isFile(id) {
		return nil, Signature{}, fs.ErrNotExist
	}
	before, err := lstat(f.root, id)
	if err != nil {
		return nil, Signature{}, err
	}
	if !before.Mode().IsRegular() {
		return nil, Signature{}, errOtherKind
	}
	if !f.listed || f.on.Caches { // where files that a listing lacks are looked at, too
		if err := mustBeSpelled(f.path, id); err != nil {
			return nil, Signature{}, err
		}
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
	file, _, err := f.open(id)
	if err != nil {
		return Content{}, err
	}
	defer file.Close()
	o := opened{stat: func() (Signature, error) { return statOpen(file) }, readAt: file.ReadAt}
	return o.content(nil, f.maxFileSize)
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

// lstat looks at a name without following a link. No file can have a name that
// the file system does not allow.
func lstat(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(name)
	if errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_FILENAME_EXCED_RANGE) {
		return nil, fs.ErrNotExist
	}
	return info, err
}

func statOpen(file *os.File) (Signature, error) { return statHandle(windows.Handle(file.Fd())) }

// statHandle takes volume and index from the open handle: they stand for device
// and inode.
func statHandle(handle windows.Handle) (Signature, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &info); err != nil {
		return Signature{}, err
	}
	var basic basicInfo
	buffer := (*byte)(unsafe.Pointer(&basic)) //nolint:gosec // this is how the call takes a struct
	err := windows.GetFileInformationByHandleEx(handle, windows.FileBasicInfo, buffer, uint32(unsafe.Sizeof(basic)))
	if err != nil {
		return Signature{}, err
	}
	return Signature{
		Dev:   uint64(info.VolumeSerialNumber),
		Ino:   uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow),
		Size:  int64(info.FileSizeHigh)<<32 | int64(info.FileSizeLow),
		Mtime: basic.lastWriteTime.Nanoseconds(),
		Ctime: basic.changeTime.Nanoseconds(),
	}, nil
}

// basicInfo is FILE_BASIC_INFO of the Windows API. The change time is what no
// program can set back by the usual calls.
type basicInfo struct {
	creationTime, lastAccessTime, lastWriteTime, changeTime windows.Filetime

	attributes uint32
	_          uint32
}

// fileSystemOf recognises the file system by its name.
func fileSystemOf(dir windows.Handle) FileSystem {
	if isRemote(dir) {
		return FileSystem{Name: "a network file system", Caches: true}.withoutFresh()
	}
	var name [windows.MAX_PATH + 1]uint16
	if err := windows.GetVolumeInformationByHandle(dir, nil, 0, nil, nil, nil, &name[0], uint32(len(name))); err != nil {
		return FileSystem{}
	}
	switch kind := windows.UTF16ToString(name[:]); kind {
	case "FAT", "FAT32", "exFAT":
		return FileSystem{Name: kind, NoCtime: true}
	}
	return FileSystem{}
}

// isRemote reports whether what is open is on another machine: only then does a
// protocol exist.
func isRemote(handle windows.Handle) bool {
	var protocol [256]byte // a FILE_REMOTE_PROTOCOL_INFO has less
	return windows.GetFileInformationByHandleEx(handle, windows.FileRemoteProtocolInfo, &protocol[0], uint32(len(protocol))) == nil
}

// folder looks at a folder by its path. It asks for no right to the folder's
// content, which needs no sharing with those who use it. Volumes have serial
// numbers, mounts have none.
func (stater) folder(path string) (Signature, Mount, error) {
	name, err := utf16Path(path)
	if err != nil {
		return Signature{}, Mount{}, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(name, 0, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return Signature{}, Mount{}, err
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	sig, err := statHandle(handle)
	return sig, Mount{Device: sig.Dev}, err
}

package mobileapps

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// WriteMethod is how this system puts a changed file in place.
const WriteMethod = "replace"

// OpenForWriting implements [WriteTree].
func (d *Disk) OpenForWriting() (WriteRoot, error) {
	root, err := d.Open()
	if err != nil {
		return nil, err
	}
	return &writeRoot{diskRoot: root.(*diskRoot)}, nil //nolint:forcetypeassert // it opens no other
}

type writeRoot struct {
	*diskRoot

	lock windows.Handle
}

func (r *writeRoot) Path() string { return r.disk.root }

// Lock makes a named object: a folder cannot be locked.
func (r *writeRoot) Lock() error {
	name, err := windows.UTF16PtrFromString(fmt.Sprintf(`Global\sessiond-edit-%x-%x`, r.sig.Dev, r.sig.Ino))
	if err != nil {
		return err
	}
	lock, err := windows.CreateMutex(nil, false, name)
	switch {
	case errors.Is(err, windows.ERROR_ALREADY_EXISTS):
		_ = windows.CloseHandle(lock)
		return ErrLocked
	case err != nil:
		return err
	}
	r.lock = lock
	return nil
}

func (r *writeRoot) Close() {
	if r.lock != 0 {
		_ = windows.CloseHandle(r.lock)
	}
	r.diskRoot.Close()
}

func (r *writeRoot) Open(app string) (WriteFolder, error) {
	folder, err := r.diskRoot.Open(app)
	if err != nil {
		return nil, err
	}
	return &writeFolder{diskFolder: folder.(*diskFolder)}, nil //nolint:forcetypeassert // as above
}

// writeFolder is an app folder. The calls that replace and rename take paths: the root
// that was opened must still be there, which the editor checks.
type writeFolder struct{ *diskFolder }

func (f *writeFolder) Path() string { return f.path }

func (f *writeFolder) Identify(name string) (Identity, error) {
	if !isEditable(name) {
		return Identity{}, fs.ErrNotExist
	}
	info, err := lstat(f.root, name)
	if err != nil {
		return Identity{}, err
	}
	if err := mustBeSpelled(f.path, name); err != nil {
		return Identity{}, err
	}
	if !info.Mode().IsRegular() {
		return Identity{}, nil
	}
	file, err := f.root.Open(name)
	if err != nil {
		return Identity{}, err
	}
	defer file.Close()
	sig, err := statOpen(file)
	return Identity{Dev: sig.Dev, Ino: sig.Ino, Regular: true}, err
}

func (f *writeFolder) Read(name string) (File, error) {
	switch id, err := f.Identify(name); {
	case err != nil:
		return File{}, err
	case !id.Regular:
		return File{}, errOtherKind
	}
	file, err := f.root.Open(name)
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return File{}, err
	}
	read := File{Links: uint64(info.NumberOfLinks)}
	o := opened{stat: func() (Signature, error) { return statOpen(file) }, readAt: file.ReadAt}
	read.Content, err = o.content(nil, f.maxFileSize)
	if errors.Is(err, errTooLarge) {
		read.Signature, _ = statOpen(file)
	}
	return read, err
}

// keptAttributes are those that people and programs give a file, but for that of a file
// that is only to be read: that one cannot be replaced.
const keptAttributes = windows.FILE_ATTRIBUTE_HIDDEN | windows.FILE_ATTRIBUTE_SYSTEM |
	windows.FILE_ATTRIBUTE_ARCHIVE | windows.FILE_ATTRIBUTE_NOT_CONTENT_INDEXED

// Create implements [WriteFolder]. The access control list comes with the exchange, and so
// would the attributes by what is written of it; wine's does not bring them.
func (f *writeFolder) Create(n NewFile) (Identity, error) {
	if !IsTemporary(n.Name) {
		return Identity{}, fs.ErrInvalid
	}
	file, err := f.root.OpenFile(n.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Identity{}, err
	}
	_, err = file.Write(n.Data)
	if err == nil && n.From != "" {
		err = f.copyAttributes(file, n.From)
	}
	if err == nil && !n.Unsynced {
		err = file.Sync()
	}
	sig, statErr := statOpen(file)
	if err = errors.Join(err, statErr, file.Close()); err != nil {
		return Identity{}, errors.Join(err, f.Remove(n.Name))
	}
	return Identity{Dev: sig.Dev, Ino: sig.Ino, Regular: true}, nil
}

// SyncFile implements [WriteFolder].
func (f *writeFolder) SyncFile(name string) error {
	if !IsTemporary(name) {
		return fs.ErrInvalid
	}
	file, err := f.root.OpenFile(name, os.O_RDWR, 0) // a file that is only read cannot be flushed
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// SyncFileSystem implements [WriteFolder]: only an administrator may flush a volume.
func (f *writeFolder) SyncFileSystem() error { return errors.ErrUnsupported }

// copyAttributes gives an open file the attributes of another.
func (f *writeFolder) copyAttributes(to *os.File, from string) error {
	info, err := lstat(f.root, from)
	if err != nil {
		return err
	}
	has, ok := info.Sys().(*syscall.Win32FileAttributeData)
	if !ok {
		return ErrAttributes
	}
	want := basicInfo{attributes: has.FileAttributes & keptAttributes} // times of 0 stay as they are
	if want.attributes == 0 {
		want.attributes = windows.FILE_ATTRIBUTE_NORMAL // 0 would leave them, too
	}
	buffer := (*byte)(unsafe.Pointer(&want)) //nolint:gosec // this is how the call takes a struct
	err = windows.SetFileInformationByHandle(windows.Handle(to.Fd()), windows.FileBasicInfo, buffer, uint32(unsafe.Sizeof(want)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAttributes, err)
	}
	return nil
}

// Exchange replaces a by b, keeps what a was under another name, and gives that the name
// b. The first step gives b the attributes of a. It is not atomic on every file
// system: for a moment a reader may find no file, and a crash may leave a's old content
// under a temporary name. Both must be local.
func (f *writeFolder) Exchange(a, b string) error {
	if !isEditable(a) || !isEditable(b) {
		return fs.ErrInvalid
	}
	if f.on.Caches {
		return ErrNoExchange
	}
	backup := b
	if end, found := strings.CutSuffix(b, temporaryEnd); found {
		backup = end + "~" + temporaryEnd
	}
	if backup == b { // one of both is always temporary, and comes second
		return fs.ErrInvalid
	}
	if err := f.replaceFile(a, b, backup); err != nil {
		return err
	}
	return f.Rename(backup, b)
}

// replaceFile calls ReplaceFile. Where it fails halfway, a has only its backup name left,
// and gets its own back.
func (f *writeFolder) replaceFile(a, b, backup string) error {
	var paths [3]*uint16
	for i, name := range []string{a, b, backup} {
		path, err := utf16Path(f.path, name)
		if err != nil {
			return err
		}
		paths[i] = path
	}
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("ReplaceFileW")
	done, _, err := call.Call(uintptr(unsafe.Pointer(paths[0])), uintptr(unsafe.Pointer(paths[1])), uintptr(unsafe.Pointer(paths[2])), 0, 0, 0) //nolint:gosec // this is how it takes texts
	if done != 0 {
		return nil
	}
	const unableToMoveReplacement2 = windows.Errno(1177)
	if errors.Is(err, unableToMoveReplacement2) {
		return errors.Join(err, f.Rename(backup, a))
	}
	return err
}

// Rename implements [WriteFolder]: MoveFileEx replaces only when told to.
func (f *writeFolder) Rename(from, to string) error {
	if !isEditable(from) || !isEditable(to) {
		return fs.ErrInvalid
	}
	old, err := utf16Path(f.path, from)
	if err != nil {
		return err
	}
	name, err := utf16Path(f.path, to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(old, name, windows.MOVEFILE_WRITE_THROUGH)
}

func (f *writeFolder) Remove(name string) error {
	if !isEditable(name) {
		return fs.ErrInvalid
	}
	return f.root.Remove(name)
}

// Sync implements [WriteFolder]: a folder cannot be synced, and the calls above write
// through.
func (f *writeFolder) Sync() error { return nil }

func (f *writeFolder) Temporaries() ([]string, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil && !errors.Is(err, io.EOF) {
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

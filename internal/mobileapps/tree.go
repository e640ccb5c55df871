// Package mobileapps knows the MobileApps tree on disk: it lists app folders and
// session files by the naming rules, opens beneath the root only, never follows
// a link below it, never blocks on what it opens, and reads with a limit.
//
// It reports what is on disk. Package refresh decides what that means.
package mobileapps

import (
	"errors"
	"io/fs"
	"time"
)

// Signature is the cheap sign of a file or a folder: while it stays the same,
// the content is the same, with the exceptions that package refresh knows
// about (an edit within one tick of the file system's clock).
type Signature struct {
	Dev, Ino     uint64
	Size         int64
	Mtime, Ctime int64 // nanoseconds since 1970, by the file system's clock
}

// Newest returns the later of the signature's two time stamps.
func (s Signature) Newest() time.Time { return time.Unix(0, max(s.Mtime, s.Ctime)) }

// Tree opens the MobileApps folder. It is the seam at which tests bring in
// faults and trees of their own.
//
// All methods of the tree, its root and its folders return errors that match
// [fs.ErrNotExist] where nothing is there that counts: no such name, or
// something of another kind (a link, a FIFO, a directory under a session's
// name). Any other error means that nothing can be said; it wraps the
// operating system's errno, and where a listing gave it, the rest of that listing
// is not known.
type Tree interface {
	// Open opens the root by its path each time, so that a root that was replaced
	// is found.
	Open() (Root, error)
	// Nearest finds the nearest folder that exists above a root that is not
	// there; last is where the root was found when it was there.
	Nearest(last Place) (Nearest, error)
}

// Mount distinguishes what is mounted at one place from what was mounted there
// before. A disk that was mounted again is another mount, and so is a bind mount of
// the same file system. The zero Mount is none.
type Mount struct {
	// ID is the mount's own number, 0 where the operating system has none
	// (statx(2), STATX_MNT_ID: Linux 5.8). Linux uses it again after an unmount
	// before 6.8.
	ID uint64
	// Device identifies the file system that is mounted. A network share, or a disk
	// that is plugged in again, often gets another one.
	Device uint64
}

// Place is where a root was found. Once the root is gone, it shows whether the root
// was removed, or the mount that it was on.
type Place struct {
	// Path is the root's path with all links resolved.
	Path string
	// Mount is what the root is on; Above is what the folder is on in which the
	// root's path, as it was given, has its last name.
	Mount, Above Mount
}

// Nearest is what exists above a root that is not there.
type Nearest struct {
	// Signature is of the nearest folder along the root's path as it was given.
	Signature
	// Above is the mount of that folder. Mount is that of the nearest folder
	// along the path that links led to.
	Mount, Above Mount
}

// Root is the MobileApps folder as one pass found it.
type Root interface {
	Signature() Signature
	Mount() Mount
	// Place says where the root is.
	Place() (Place, error)
	// Next looks at the next n entries of the root and returns the names of
	// the app folders among them, perhaps none; io.EOF after the last.
	Next(n int) ([]string, error)
	// Open opens one app folder.
	Open(app string) (Folder, error)
	Close()
}

// LinkCounter is a [Root] that counts the links under an app folder's name that its
// listing passed over.
type LinkCounter interface{ Links() int }

// Folder is one app folder as one pass found it. [List], [Look] and [Read] ask
// it for many files at a time.
type Folder interface {
	Signature() Signature
	Mount() Mount
	FileSystem() FileSystem
	// Next returns the names of the session files among the next entries of the
	// folder, about n at most, perhaps none; io.EOF after the last.
	Next(n int) ([]string, error)
	// Stat returns the signature of one session file.
	Stat(id string) (Signature, error)
	// Read reads one session file.
	Read(id string) (Content, error)
	Close()
}

// Content is what one read of a session file found.
type Content struct {
	Data []byte
	Signature
	// Stable is true where the signature was the same before and after the
	// read and the data is as long as it says.
	Stable bool
}

// errOtherKind is returned where a name that counts belongs to something of another
// kind than the name says.
var errOtherKind error = otherKindError{}

type otherKindError struct{}

func (otherKindError) Error() string        { return "not a regular file or folder" }
func (otherKindError) Is(target error) bool { return target == fs.ErrNotExist }

// IsAbsent reports whether an error of a [Tree] says that nothing is there that
// counts.
func IsAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// FolderError is an error about a file whose cause is the folder, and so says
// nothing about any file in it.
type FolderError struct{ Err error }

func (e FolderError) Error() string { return e.Err.Error() }

// Unwrap returns the operating system's error.
func (e FolderError) Unwrap() error { return e.Err }

// IsFolders reports whether an error about a file is a [FolderError].
func IsFolders(err error) bool {
	return err != nil && errors.As(err, new(FolderError)) // which is made even for no error
}

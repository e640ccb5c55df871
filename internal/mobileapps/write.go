package mobileapps

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"time"
)

// WriteTree is a tree whose files can be changed. Package edit is the only one that
// does so, and only for somebody who asked. It is the seam at which tests bring in
// faults.
//
// Errors about what is not there, or of another kind, match [fs.ErrNotExist] as those
// of a [Tree] do. The others wrap the operating system's errno, or are one of the
// errors below.
type WriteTree interface {
	// OpenForWriting opens the root by its path each time, so that an edit is made
	// where the root is now.
	OpenForWriting() (WriteRoot, error)
}

// WriteRoot is the MobileApps folder as one edit found it.
type WriteRoot interface {
	Signature() Signature
	Mount() Mount
	// Path is the root's path as it was given, for people.
	Path() string
	// Lock makes sure that no other process edits below the root, until Close. It
	// returns [ErrLocked] where another one does, and waits for nobody.
	Lock() error
	// Next returns the names of app folders as that of [Root] does.
	Next(n int) ([]string, error)
	// Open opens one app folder.
	Open(app string) (WriteFolder, error)
	Close()
}

// WriteFolder is one app folder as one edit found it. Its files are named by their
// names in the folder: a session file's, or a temporary one's ([IsTemporary]).
type WriteFolder interface {
	// Path is the folder's path, for people.
	Path() string
	Signature() Signature
	Mount() Mount
	// Read reads a file with its attributes. No link is followed, nothing blocks. A
	// file over the size limit is session.ErrTooLarge, with all but its data.
	Read(name string) (File, error)
	// Identify says what has a name, a link, a FIFO and a folder included.
	Identify(name string) (Identity, error)
	// Create makes a temporary file, with the attributes of another, and has it on
	// disk when it returns unless that is left to the calls below. What it could not make
	// whole is not left behind. It returns [ErrAttributes] where the attributes cannot be
	// kept.
	Create(n NewFile) (Identity, error)
	// SyncFile has a file on disk. SyncFileSystem has all that is on the folder's file
	// system there, which is errors.ErrUnsupported where the operating system cannot, or
	// would not say that it failed.
	SyncFile(name string) error
	SyncFileSystem() error
	// Exchange exchanges two names, atomically: at no moment is either missing. It
	// returns [ErrNoExchange] where the operating system or the file system cannot.
	Exchange(a, b string) error
	// Rename renames a file, and returns an error that matches [fs.ErrExist] where
	// the new name is taken: it never replaces anything.
	Rename(from, to string) error
	// Remove removes a file.
	Remove(name string) error
	// Sync has all of the above on disk.
	Sync() error
	// Temporaries returns the names of all temporary files.
	Temporaries() ([]string, error)
	Close()
}

// Errors of a [WriteTree].
var (
	// ErrLocked says that another process edits below the same root.
	ErrLocked = errors.New("another process edits below this root")
	// ErrNoExchange says that two names cannot be exchanged here.
	ErrNoExchange = errors.New("this file system cannot exchange two files")
	// ErrAttributes says that a new file cannot be given the attributes of another.
	ErrAttributes = errors.New("the owner, group, mode, access control list or attributes cannot be kept")
)

// File is a file as one read found it.
type File struct {
	Content
	// Links is how many names the file has; 1 where the file system does not count.
	Links uint64
	Attributes
}

// Identity returns what the file is, apart from its content.
func (f *File) Identity() Identity { return Identity{Dev: f.Dev, Ino: f.Ino, Regular: true} }

// ModifiedAt returns the file's mtime.
func (f *File) ModifiedAt() time.Time { return time.Unix(0, f.Mtime) }

// Identity tells one file from another: content and name may change.
type Identity struct {
	Dev, Ino uint64
	// Regular is false for a link, a FIFO, a folder and the like.
	Regular bool
}

// Attributes are who may do what with a file, and what else the operating system
// keeps about it. On Windows there are none here: the call that exchanges two files
// keeps them.
type Attributes struct {
	// UID and GID are the numbers of owner and group.
	UID uint32 `json:"uid"`
	GID uint32 `json:"gid"`
	// Mode has the permission bits, and those for set-user-ID, set-group-ID and
	// sticky, as chmod(2) takes them.
	Mode uint32 `json:"mode"`
	// Extended are the extended attributes, by their full names. On Linux they
	// include the POSIX access control list and the security label; other systems
	// keep such lists elsewhere.
	Extended map[string][]byte `json:"extended,omitempty"`
}

// Equal reports whether both are the same.
func (a Attributes) Equal(b Attributes) bool {
	return a.UID == b.UID && a.GID == b.GID && a.Mode == b.Mode && maps.EqualFunc(a.Extended, b.Extended, bytes.Equal)
}

// temporaryBegin and temporaryEnd make a name that neither 4D's tools nor a listing
// take for a session file.
const temporaryBegin, temporaryEnd = ".sessiond-", ".tmp"

// IsTemporary reports whether a name is that of a temporary file of an edit.
func IsTemporary(name string) bool {
	return strings.HasPrefix(name, temporaryBegin) && strings.HasSuffix(name, temporaryEnd) &&
		!strings.Contains(name, "/") && isLocal(name)
}

// isEditable reports whether an edit may touch what has a name.
func isEditable(name string) bool { return isFile(name) || IsTemporary(name) }

// NewFile is a file to be made.
type NewFile struct {
	Name string // not yet taken
	Data []byte
	// Like are the attributes that it gets.
	Like Attributes
	// From is the name of the file that these were read from, or empty where it is
	// no more. There are attributes that only the operating system can copy.
	From string
	// Unsynced leaves it to others to have the file on disk.
	Unsynced bool
}

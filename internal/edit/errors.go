package edit

import (
	"fmt"
	"time"

	"sessiond/internal/session"
)

// Kind is why an edit was not made. Each has one HTTP status.
type Kind int

// The kinds of [Error].
const (
	// KindNotFound (404): there is no such session file, nor was there one a settle
	// time later; or no app folder to restore one in.
	KindNotFound Kind = iota + 1
	// KindExists (409): the file that was to be restored is there, or the name that a
	// deleted file was to go back to.
	KindExists
	// KindPrecondition (412): the file has another digest than was expected. Digest
	// is the current one, Current the session, unless the file is rejected.
	KindPrecondition
	// KindRejected (422): the file is not compliant, so that it can only be deleted.
	// Problem says why.
	KindRejected
	// KindResult (422): the file would not be compliant with what was to be set.
	// Problem says why. Nothing was written.
	KindResult
	// KindSet (422): what was to be set is no such value. Nothing was looked at.
	KindSet
	// KindConflict (409): others wrote to the file each time that it was exchanged.
	// What they wrote is in place.
	KindConflict
	// KindTooLarge (422): the file is over the size limit. It can be deleted without
	// the trash.
	KindTooLarge
	// KindRefused (403): the operating system does not let the file be changed without
	// loss. Owner, Folder and Remedy say more.
	KindRefused
	// KindReadOnly (403): the file system is mounted read-only.
	KindReadOnly
	// KindNoSpace (507): no space is left, or no quota.
	KindNoSpace
	// KindBusy (503): the file is being written, another program does not share it,
	// another process edits below this root, the root is not where it was, or the file
	// system did not answer before anything was written. Again after RetryAfter.
	KindBusy
	// KindUnreadable (503): the file or a folder above it cannot be read.
	KindUnreadable
	// KindUnknown (503): the file system does not answer, or failed halfway. The edit
	// may or may not have been made.
	KindUnknown
	// KindTrash (503): the copy for the trash could not be made. The file is in place.
	KindTrash
	// KindIntent (503): [Options.Intent] returned an error, such as that of the audit. Nothing
	// was written.
	KindIntent
)

// Error is an edit that was not made. For every kind but [KindUnknown], the file has the
// content that it had, or that others gave it meanwhile.
type Error struct {
	Kind Kind
	Key  session.Key

	// Digest is that of the file as it is, where that is known.
	Digest session.Digest
	// Current is the session in the file, nil where it is not compliant.
	Current *session.Session
	// Problem is why the file, or what would become of it, is not compliant.
	Problem *session.Problem

	// Owner is the file's owner and group as "UID:GID", Folder the path of its app
	// folder.
	Owner, Folder string
	// Detail says what is wrong and Remedy what can be done about it, in words
	// without tokens or whole ids.
	Detail, Remedy string
	// RetryAfter is when another attempt makes sense.
	RetryAfter time.Duration

	Err error
}

// Error implements error. It shows the key shortened, and no path.
func (e *Error) Error() string {
	text := fmt.Sprintf("cannot edit session file %q: %s", e.Key.Short(), e.Detail)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what the operating system said.
func (e *Error) Unwrap() error { return e.Err }

package edit

import (
	"sync"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

// Config is what an [Editor] works with.
type Config struct {
	Tree  mobileapps.WriteTree
	Judge *validate.Validator
	// Trash may be nil: then what is deleted is gone, and what would have to be kept
	// stays in the tree under its temporary name.
	Trash Trash
	// Settle is how long a replaced file is kept, and after which an absent or
	// invalid one is looked at again: the daemon's settle time.
	Settle time.Duration
	// Knows reports whether an app folder and the root above it are where the last pass found
	// them, on the same mounts: what lies in another place is not what sessions in memory are
	// of. Nil takes all for known. It is called before a file is read that is to be edited.
	Knows func(root mobileapps.WriteRoot, app string, folder mobileapps.WriteFolder) bool
	// Notify is told what happens outside of calls; nil where nobody wants to know. It
	// is called from several goroutines, and must not call the editor.
	Notify func(Notice)
}

// Editor edits session files. It is safe for concurrent use; edits are made one at a
// time, those of many files a chunk at a time. An edit of a file waits for what an earlier one of the same file still has to
// look at, one settle time in most cases.
type Editor struct {
	config Config
	turn   chan struct{} // is full while somebody edits; guards the following
	held   *heldRoot     // nil where nothing is under way
	jobs   map[session.Key]*job
	live   map[temporaryFile]bool // temporary files that a job will deal with
	// recovered is the root below which leftovers were dealt with.
	recovered  rootPlace
	background sync.WaitGroup
}

// temporaryFile names a temporary file.
type temporaryFile struct{ app, name string }

// New returns an editor. It touches nothing before the first edit.
func New(c Config) *Editor {
	return &Editor{
		config: c,
		turn:   make(chan struct{}, 1),
		jobs:   make(map[session.Key]*job),
		live:   make(map[temporaryFile]bool),
	}
}

// Options are those of one edit.
type Options struct {
	// IfMatch is the digest that the file must have; nil where any will do. Of many files,
	// each [Item] has its own.
	IfMatch *session.Digest
	// DryRun answers the same and writes nothing.
	DryRun bool
	// Intent, where it is not nil, is called before anything is written, with what is
	// about to be done to some files. An error refuses these edits ([KindIntent]). It is
	// called again with those that others changed so that their edit has to begin again.
	Intent func(about []Result) error
	// NoTrash deletes without a copy. It is the only way to delete a file over the
	// size limit.
	NoTrash bool
}

// Result is what an edit did, or would do.
type Result struct {
	Key session.Key
	// Before is the session in the file before the edit, After the one that is in it
	// now. Before is nil where the file was restored, or was not compliant; After is
	// nil where it was deleted.
	Before, After *session.Session
	// Read is the digest of the file before the edit, Digest that of the file now,
	// which is its ETag.
	Read, Digest session.Digest
	// Changed is false where there was nothing to change, so that nothing was written.
	Changed bool
	// Trash is the id of the copy in the trash; empty where there is none.
	Trash string
}

// Close waits until nothing is left to look at of the edits that were made, a settle
// time in most cases, some ten seconds where a file does not come to rest. No edit may be
// asked for afterwards. A process that ends without it leaves files to the next
// recovery.
func (e *Editor) Close() { e.background.Wait() }

func (e *Editor) notify(n Notice) {
	if e.config.Notify != nil {
		e.config.Notify(n)
	}
}

// Method is how files are written on this system, for status: "exchange", "swap" or
// "replace".
func Method() string { return mobileapps.WriteMethod }

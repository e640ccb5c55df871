package edit

import (
	"context"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Trash keeps what the editor takes out of the tree.
type Trash interface {
	// Put keeps files, and returns for each, in their order, under which id or why not.
	// When it returns, the copies survive a crash of the machine. A file is only removed
	// after that, and goes back where it could not be kept. Where a crash comes between
	// the two, the same file may be put again.
	Put(ctx context.Context, files ...Removed) []Copy
	// Drop removes a copy again: its file was not deleted after all.
	Drop(ctx context.Context, id string) error
}

// Copy is a file in the trash, or why it is not there.
type Copy struct {
	ID  string
	Err error
}

// Removed is a file that is taken out of the tree, with all that is needed to restore
// it.
type Removed struct {
	Key    session.Key
	Data   []byte // the caller's to keep
	Digest session.Digest
	// Attributes are owner, group, mode, access control list and attributes.
	Attributes mobileapps.Attributes
	// Modified is the file's mtime.
	Modified time.Time
	// RemovedAt is when the file lost its name: now, or where a crash came between,
	// the file's ctime.
	RemovedAt time.Time
	Reason    Reason
}

// Reason is why a file went to the trash.
type Reason string

// The reasons.
const (
	// ReasonDeleted is a file whose deletion was asked for.
	ReasonDeleted Reason = "deleted"
	// ReasonSuperseded is what a program wrote to a file while others, or an edit,
	// replaced it: another, newer content is in place. It is kept because nobody
	// decided that it may go.
	ReasonSuperseded Reason = "superseded"
	// ReasonLeftover is what a crash left behind, and is neither the file in place nor
	// the one that was read.
	ReasonLeftover Reason = "leftover"
)

package admin

import (
	"errors"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// Order is a change that somebody wants, and how.
type Order struct {
	By audit.Actor
	// Reason is why, in that one's words, for the audit.
	Reason string
	// IfMatch is the digest that the file must have; nil where any will do. Of many files,
	// each has its own.
	IfMatch *session.Digest
	// DryRun answers the same and changes nothing.
	DryRun bool
	// NoTrash deletes for good.
	NoTrash bool
}

// Answer is what became of an order, or would.
type Answer struct {
	edit.Result

	// InMemory is the session that is in memory now, nil for none.
	InMemory *session.Loaded
	// Pass is the number of the pass that looked at the file afterwards, 0 where none did.
	Pass  uint64
	Hints []api.Hint
}

// Ended is what became of one of several orders, or would; of one that failed, only the key
// is known.
type Ended struct {
	Answer

	Err error
}

// Errors beside those of package edit, which are of type [*edit.Error], and
// trash.ErrNotFound.
var (
	// ErrNoTrash says that deleted files are not kept.
	ErrNoTrash = errors.New("there is no trash")
	// ErrNoAudit says that no audit is kept.
	ErrNoAudit = errors.New("there is no audit")
	// ErrNotAudited says that a change could not be recorded, and was not made.
	ErrNotAudited = errors.New("what is about to be done cannot be recorded")
)

// Which says what is to be removed from the trash for good: one file by its id, or all of
// a session, of an e-mail address, or of both.
type Which struct {
	ID    string
	Key   session.Key
	Email string // without regard to case
}

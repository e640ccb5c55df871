package api

import (
	"time"

	"sessiond/internal/session"
)

// TypeMergePatch is the content type of a [Set].
const TypeMergePatch = "application/merge-patch+json"

// HeaderClient is the header by which a program says what it is, as the console does: a
// name of at most 32 characters of ASCII. The audit has it as what was claimed.
const HeaderClient = "Sessiond-Client"

// Set is the body of PATCH /v1/sessions/{app}/{id}, a merge patch (RFC 7396). What is
// nil stays as it is.
type Set struct {
	Status *string `json:"status,omitzero"` // accepted or pending
	Email  *string `json:"email,omitzero"`  // the empty one clears the address
}

// State is what can be changed about a session.
type State struct {
	Status string `json:"status"`
	Email  string `json:"email,omitempty"`
}

// Edit is the answer to a request that changes, deletes or restores a session file, or
// that asks what would become of it.
type Edit struct {
	// Summary is the session as the file says it now or, of a dry run, would say it; of a
	// deleted one, as it said it last. It is nil where a file was deleted that was not
	// compliant. A session that is not in memory has neither LoadedAt nor Revision.
	Summary *Summary `json:"summary,omitempty"`
	// Before is what the file said before; nil where it was restored, or not compliant.
	Before *State `json:"before,omitempty"`
	// Changed is false where the file said so already, and nothing was written.
	Changed bool `json:"changed"`
	// ETag is that of the file as it is now, after a dry run the one that it has
	// still; empty where there is none.
	ETag string `json:"etag,omitempty"`
	// Pass is the number of the pass that looked at the file afterwards; 0 after a dry
	// run.
	Pass uint64 `json:"pass,omitzero"`
	// Trash is the id of the copy in the trash of a file that was deleted.
	Trash string `json:"trash,omitempty"`
	// InMemory is whether the session is in memory now.
	InMemory bool `json:"inMemory"`
	// Visible is false where the daemon, which follows another, does not show the change
	// itself yet; else nil.
	Visible *bool `json:"visible,omitzero"`
	// Hints say what is odd about it.
	Hints []Hint `json:"hints,omitempty"`
}

// TrashItem is a deleted file in the trash.
type TrashItem struct {
	ID        string      `json:"id"`
	Session   session.Key `json:"session"`
	RemovedAt time.Time   `json:"removedAt"`
	Until     time.Time   `json:"until"` // when it is removed for good, at the earliest
	// Reason is deleted of one that somebody deleted, superseded or leftover of one that an
	// edit or a crash took out of its place.
	Reason string `json:"reason"`
	// Status, Email and Device are what the file says.
	Status string `json:"status,omitempty"`
	Email  string `json:"email,omitempty"`
	Device string `json:"device,omitempty"` // its description
	Size   int64  `json:"size"`             // in bytes
}

// TrashPage is a part of the trash, newest first. It is the answer to GET /v1/trash.
type TrashPage struct {
	Items []TrashItem `json:"items"`
	Next  string      `json:"next,omitempty"` // the cursor of the next page; empty on the last
	// Unreadable counts files of the trash that could not be read.
	Unreadable int `json:"unreadable,omitzero"`
}

// Purged is the answer to a request that removes files from the trash for good.
type Purged struct {
	Purged int         `json:"purged"` // how many were, of a dry run would be
	Items  []TrashItem `json:"items"`  // the first [MaxListed] of them
}

// Actor is who made a change, as the audit has it.
type Actor struct {
	UID  *uint32 `json:"uid,omitempty"`
	User string  `json:"user,omitempty"`
	GID  *uint32 `json:"gid,omitempty"`
	PID  int32   `json:"pid,omitzero"`
	Via  string  `json:"via"`            // socket, file or replica
	Node string  `json:"node,omitempty"` // the follower by which it came, with replica
	// Claimed is what the client said of itself, unproved: client, by [HeaderClient]. With
	// replica also what the follower said of its user: user, uid and pid.
	Claimed map[string]string `json:"claimed,omitempty"`
}

// AuditEntry is a line of the audit.
type AuditEntry struct {
	At      time.Time       `json:"at"`
	Seq     uint64          `json:"seq"`
	Actor   *Actor          `json:"actor,omitempty"`
	Action  string          `json:"action"`
	Session string          `json:"session,omitempty"` // a key, shortened
	Device  string          `json:"device,omitempty"`
	Before  *State          `json:"before,omitempty"`
	After   *State          `json:"after,omitempty"`
	ETag    string          `json:"etag,omitempty"` // of the file before the change
	Reason  string          `json:"reason,omitempty"`
	Trigger session.Trigger `json:"trigger,omitempty"`
	Intent  uint64          `json:"intent,omitzero"`  // Seq of the line that announced it
	Result  string          `json:"result,omitempty"` // intent, done, failed or refused
	Error   string          `json:"error,omitempty"`
	Count   int             `json:"count,omitzero"`
}

// AuditPage is a part of the audit, newest first. It is the answer to GET /v1/audit.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    string       `json:"next,omitempty"` // the cursor of the next page; empty on the last
}

// RejectedFile is a session file that is not compliant.
type RejectedFile struct {
	session.ActiveError

	// Remedy is what can be done about it.
	Remedy string `json:"remedy"`
	// Path is where the file is, and ETag that of the file as it was for this answer. Only
	// administrators are told, the latter where files can be changed.
	Path string `json:"path,omitempty"`
	ETag string `json:"etag,omitempty"`
}

// RejectedPage is a part of the rejected files, sorted by key. It is the answer to GET
// /v1/rejected.
type RejectedPage struct {
	Files    []RejectedFile `json:"files"`
	Next     string         `json:"next,omitempty"` // the cursor of the next page; empty on the last
	Epoch    session.Epoch  `json:"epoch"`
	Revision uint64         `json:"revision"`
}

// Remedy says what can be done about a file that is rejected, as the end of a sentence.
func Remedy(code session.Code) string {
	switch code {
	case session.CodeLocation:
		return "name folder and file after the ids in it, or correct the ids"
	case session.CodeSyntax:
		return "correct the JSON at that place, or delete the file"
	case session.CodeSchema:
		return "correct the members it names (sessiond schema prints the rules), or delete the file"
	case session.CodeToken:
		return "copy the token of this very session, or delete the file"
	}
	return AdviceRejected
}

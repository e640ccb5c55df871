package api

import (
	"net/http"

	"sessiond/internal/session"
)

// Kind says what kind of failure a [Problem] is. It is the problem's type, by which
// programs can go; the words beside it are for people. As a URI reference it is relative
// to the daemon's address, and a name only: nothing is to be had there.
//
// A kind never changes its meaning or its status. Others may come.
type Kind string

// The kinds. Their meaning is in docs/openapi.yaml, too.
const (
	// What is asked for cannot be understood, or is not served.

	KindInvalidParameter Kind = "/problems/invalid-parameter" // a query with a parameter that is unknown, empty or wrong
	KindInvalidKey       Kind = "/problems/invalid-key"       // the path names no session that there could be
	KindUnknownRoute     Kind = "/problems/unknown-route"     // no route has this path
	KindWrongMethod      Kind = "/problems/wrong-method"      // the route does not take the method
	KindOtherSite        Kind = "/problems/other-site"        // a page of another web site asks
	KindUnknownHost      Kind = "/problems/unknown-host"      // it was sent to a name that may be a web site's
	KindAdminOnly        Kind = "/problems/admin-only"        // only administrators may do it
	KindNotAuthority     Kind = "/problems/not-authority"     // the daemon follows another, which has the files
	KindNodeMayNotEdit   Kind = "/problems/node-may-not-edit" // the authority takes no changes from this follower
	KindWritingOff       Kind = "/problems/writing-off"       // the daemon is not to change files: --write is off
	KindBodyUnreadable   Kind = "/problems/body-unreadable"   // the body ends early or is not framed as HTTP says
	KindBodyLate         Kind = "/problems/body-late"         // the body did not arrive in time
	KindBodyTooLarge     Kind = "/problems/body-too-large"    // the body has more than 64 KiB or, of POST /v1/changes, 4 MiB
	KindBodyNotJSON      Kind = "/problems/body-not-json"     // the body has another content type
	KindBodyMalformed    Kind = "/problems/body-malformed"    // the body is not JSON, whatever it is said to be
	KindInvalidIfMatch   Kind = "/problems/invalid-if-match"  // If-Match is not one strong entity tag
	KindInvalidSet       Kind = "/problems/invalid-set"       // what is to be set is no member that can be set, or no such value
	KindInvalidChanges   Kind = "/problems/invalid-changes"   // which sessions are to be changed, and how, is not said or contradicts itself

	// What is asked for is not there, or not good.

	KindNotInMemory  Kind = "/problems/not-in-memory" // no such session is in memory
	KindNoFile       Kind = "/problems/no-file"       // there is no file of the session, or no app folder to restore it in
	KindRejected     Kind = "/problems/rejected"      // the file of the session is wrong; Rejected tells how
	KindUnsettled    Kind = "/problems/unsettled"     // the file of the session to open has no verdict yet
	KindRevisionGone Kind = "/problems/revision-gone" // the changes since a revision are not known here: read the sessions again
	KindAnotherRun   Kind = "/problems/another-run"   // a revision or a cursor is from another run of the daemon: read the sessions again
	KindNotInTrash   Kind = "/problems/not-in-trash"  // the trash has nothing under this id
	KindNoTrash      Kind = "/problems/no-trash"      // the daemon keeps no trash
	KindNoAudit      Kind = "/problems/no-audit"      // the daemon keeps no audit
	KindNotHeld      Kind = "/problems/not-held"      // the daemon holds nothing back from its followers

	// A file was not changed.
	KindChangedSince   Kind = "/problems/changed-since"   // the file has another entity tag than If-Match; Current tells how it is
	KindConflict       Kind = "/problems/conflict"        // others write to the file all the time
	KindFileExists     Kind = "/problems/file-exists"     // the file to restore is there
	KindNotCompliant   Kind = "/problems/not-compliant"   // the file would be rejected afterwards; Rejected tells how
	KindFileTooLarge   Kind = "/problems/file-too-large"  // the file is over the size limit
	KindNotWritable    Kind = "/problems/not-writable"    // the system does not let the daemon change it without loss; Remedy tells more
	KindReadOnly       Kind = "/problems/read-only"       // the file system is mounted read-only
	KindNoSpace        Kind = "/problems/no-space"        // no space is left for it
	KindFileBusy       Kind = "/problems/file-busy"       // another program is at it
	KindUnreadable     Kind = "/problems/unreadable"      // the file cannot be read
	KindOutcomeUnknown Kind = "/problems/outcome-unknown" // the change was begun, and it is not known what became of it
	KindTrashFailed    Kind = "/problems/trash-failed"    // no copy could be kept in the trash
	KindNotAudited     Kind = "/problems/not-audited"     // the change could not be recorded, and so it was not made

	// The daemon cannot answer now.

	KindLoading          Kind = "/problems/loading"            // the first load has not ended
	KindStopping         Kind = "/problems/stopping"           // the daemon is about to end
	KindNoPass           Kind = "/problems/no-pass"            // the pass that was asked for was not made
	KindBusy             Kind = "/problems/busy"               // answers in flight take all the memory there is for them
	KindAuthorityAway    Kind = "/problems/authority-away"     // the daemon that has the files cannot be asked now
	KindTooManyFollowers Kind = "/problems/too-many-followers" // as many clients follow events as may
	KindInternal         Kind = "/problems/internal"           // a defect in the daemon
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{
		KindInvalidParameter, KindInvalidKey, KindUnknownRoute, KindWrongMethod, KindOtherSite, KindUnknownHost, KindAdminOnly, KindNotAuthority, KindNodeMayNotEdit, KindWritingOff,
		KindBodyUnreadable, KindBodyLate, KindBodyTooLarge, KindBodyNotJSON, KindBodyMalformed, KindInvalidIfMatch, KindInvalidSet, KindInvalidChanges,
		KindNotInMemory, KindNoFile, KindRejected, KindUnsettled, KindRevisionGone, KindAnotherRun, KindNotInTrash, KindNoTrash, KindNoAudit, KindNotHeld,
		KindChangedSince, KindConflict, KindFileExists, KindNotCompliant, KindFileTooLarge, KindNotWritable, KindReadOnly, KindNoSpace,
		KindFileBusy, KindUnreadable, KindOutcomeUnknown, KindTrashFailed, KindNotAudited,
		KindLoading, KindStopping, KindNoPass, KindBusy, KindAuthorityAway, KindTooManyFollowers, KindInternal,
	}
}

// Status returns the HTTP status of a kind.
func (k Kind) Status() int {
	switch k {
	case KindInvalidParameter, KindInvalidKey, KindBodyUnreadable, KindBodyMalformed, KindInvalidIfMatch:
		return http.StatusBadRequest
	case KindOtherSite, KindAdminOnly, KindNodeMayNotEdit, KindWritingOff, KindNotWritable, KindReadOnly:
		return http.StatusForbidden
	case KindUnknownRoute, KindNotInMemory, KindNoFile, KindNotInTrash, KindNoTrash, KindNoAudit:
		return http.StatusNotFound
	case KindWrongMethod:
		return http.StatusMethodNotAllowed
	case KindBodyLate:
		return http.StatusRequestTimeout
	case KindConflict, KindFileExists, KindNotHeld:
		return http.StatusConflict
	case KindChangedSince:
		return http.StatusPreconditionFailed
	case KindNoSpace:
		return http.StatusInsufficientStorage
	case KindRevisionGone, KindAnotherRun:
		return http.StatusGone
	case KindBodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case KindBodyNotJSON:
		return http.StatusUnsupportedMediaType
	case KindUnknownHost, KindNotAuthority:
		return http.StatusMisdirectedRequest
	case KindRejected, KindInvalidSet, KindInvalidChanges, KindNotCompliant, KindFileTooLarge:
		return http.StatusUnprocessableEntity
	case KindUnsettled, KindLoading, KindStopping, KindNoPass, KindBusy, KindAuthorityAway, KindTooManyFollowers,
		KindFileBusy, KindUnreadable, KindOutcomeUnknown, KindTrashFailed, KindNotAudited:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Problem is a failure as it goes over the socket (RFC 9457).
type Problem struct {
	Type   Kind   `json:"type"`
	Title  string `json:"title"` // the status in words
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"` // what went wrong, for people
	// Rejected is what is wrong with the session's file, with [KindRejected] and
	// [KindNotCompliant].
	Rejected *session.Problem `json:"error,omitempty"`
	// Current is the session as its file says it now, and ETag that of the file, with
	// [KindChangedSince]; Current is nil where the file is rejected.
	Current *Summary `json:"current,omitempty"`
	ETag    string   `json:"etag,omitempty"`
	// Owner, as UID:GID, and Folder are those of a file that the daemon may not change.
	// Remedy is what can be done about the failure, as the end of a sentence.
	Owner  string `json:"owner,omitempty"`
	Folder string `json:"folder,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// NewProblem returns a problem of a kind.
func NewProblem(kind Kind, detail string) Problem {
	status := kind.Status()
	return Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

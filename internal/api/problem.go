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
	KindWritingOff       Kind = "/problems/writing-off"       // the daemon is not to change files: --write is off
	KindBodyUnreadable   Kind = "/problems/body-unreadable"   // the body ends early or is not framed as HTTP says
	KindBodyLate         Kind = "/problems/body-late"         // the body did not arrive in time
	KindBodyTooLarge     Kind = "/problems/body-too-large"    // the body has more than 64 KiB
	KindBodyNotJSON      Kind = "/problems/body-not-json"     // the body has another content type

	// What is asked for is not there, or not good.

	KindNotInMemory  Kind = "/problems/not-in-memory" // no such session is in memory
	KindNoFile       Kind = "/problems/no-file"       // there is no file of the session to open
	KindRejected     Kind = "/problems/rejected"      // the file of the session to open is wrong; Rejected tells how
	KindUnsettled    Kind = "/problems/unsettled"     // the file of the session to open has no verdict yet
	KindRevisionGone Kind = "/problems/revision-gone" // the changes since a revision are not known here: read the sessions again
	KindAnotherRun   Kind = "/problems/another-run"   // a revision or a cursor is from another run of the daemon: read the sessions again

	// The daemon cannot answer now.

	KindLoading          Kind = "/problems/loading"            // the first load has not ended
	KindStopping         Kind = "/problems/stopping"           // the daemon is about to end
	KindNoPass           Kind = "/problems/no-pass"            // the pass that was asked for was not made
	KindBusy             Kind = "/problems/busy"               // answers in flight take all the memory there is for them
	KindTooManyFollowers Kind = "/problems/too-many-followers" // as many clients follow events as may
	KindInternal         Kind = "/problems/internal"           // a defect in the daemon
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{
		KindInvalidParameter, KindInvalidKey, KindUnknownRoute, KindWrongMethod, KindOtherSite, KindUnknownHost, KindAdminOnly, KindWritingOff,
		KindBodyUnreadable, KindBodyLate, KindBodyTooLarge, KindBodyNotJSON,
		KindNotInMemory, KindNoFile, KindRejected, KindUnsettled, KindRevisionGone, KindAnotherRun,
		KindLoading, KindStopping, KindNoPass, KindBusy, KindTooManyFollowers, KindInternal,
	}
}

// Status returns the HTTP status of a kind.
func (k Kind) Status() int {
	switch k {
	case KindInvalidParameter, KindInvalidKey, KindBodyUnreadable:
		return http.StatusBadRequest
	case KindOtherSite, KindAdminOnly, KindWritingOff:
		return http.StatusForbidden
	case KindUnknownRoute, KindNotInMemory, KindNoFile:
		return http.StatusNotFound
	case KindWrongMethod:
		return http.StatusMethodNotAllowed
	case KindBodyLate:
		return http.StatusRequestTimeout
	case KindRevisionGone, KindAnotherRun:
		return http.StatusGone
	case KindBodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case KindBodyNotJSON:
		return http.StatusUnsupportedMediaType
	case KindUnknownHost:
		return http.StatusMisdirectedRequest
	case KindRejected:
		return http.StatusUnprocessableEntity
	case KindUnsettled, KindLoading, KindStopping, KindNoPass, KindBusy, KindTooManyFollowers:
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
	// Rejected is what is wrong with the session's file, with [KindRejected].
	Rejected *session.Problem `json:"error,omitempty"`
}

// NewProblem returns a problem of a kind.
func NewProblem(kind Kind, detail string) Problem {
	status := kind.Status()
	return Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

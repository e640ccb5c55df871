package session

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// Component signatures say where an error comes from.
const (
	ComponentMobi = "mobi" // 4D's own, for what is wrong with a file's content
	ComponentFile = "file" // the operating system's, for what kept a file from being judged
)

// Code is the number of a mobi error, as 4D documents them for MOBILE APP
// REFRESH SESSIONS.
type Code int

// The mobi errors.
const (
	CodeLocation Code = 1
	CodeSyntax   Code = 2
	CodeSchema   Code = 3
	CodeToken    Code = 4
)

// Message returns 4D's text for the error.
func (c Code) Message() string {
	switch c {
	case CodeLocation:
		return "The json file location does not match its content"
	case CodeSyntax:
		return "The json file is not correctly formed"
	case CodeSchema:
		return "The json file does not validate the json schema"
	case CodeToken:
		return "Connection token is not compliant with the current information"
	}
	return "Unknown error"
}

// Problem is one error about one file, with the members of 4D's Last errors.
type Problem struct {
	// ErrCode is a mobi [Code], or an errno where ComponentSignature is
	// [ComponentFile].
	ErrCode            int    `json:"errCode"`
	ComponentSignature string `json:"componentSignature"`
	Message            string `json:"message"`
	// Session is the key of the file; that of a folder, or of the root, covers
	// everything below.
	Session Key `json:"session"`
	// Detail says where and what, in words. It never holds a token, nor
	// enough of a session's ids to make one.
	Detail string `json:"detail,omitempty"`
}

// NewProblem returns the mobi error of a file that is not compliant.
func NewProblem(key Key, code Code, detail string) *Problem {
	return &Problem{
		ErrCode:            int(code),
		ComponentSignature: ComponentMobi,
		Message:            code.Message(),
		Session:            key,
		Detail:             detail,
	}
}

// NewFileProblem returns the problem of a file that cannot be judged. Only the
// errno and its text are taken from err: an error of package os also holds the
// path, which would tell whole keys to the log.
func NewFileProblem(key Key, err error) *Problem {
	errno := ErrIO
	errors.As(err, &errno)
	return &Problem{
		ErrCode:            int(errno),
		ComponentSignature: ComponentFile,
		Message:            errno.Error(),
		Session:            key,
		Detail:             faultDetail(key, errno),
	}
}

// faultDetail says what cannot be judged and, where the operating system's text
// does not, why.
func faultDetail(key Key, errno syscall.Errno) string {
	what := "the file"
	switch {
	case key.IsRoot():
		what = "the root folder"
	case !key.IsFile():
		what = "the app folder"
	}
	switch {
	case errno == ErrOtherMount:
		return what + " is on another mount than before, or its mount is gone; its sessions are kept"
	case errno == ErrTooLarge && key.IsFile():
		return what + " is larger than max-file-size allows"
	case errno == ErrHangs:
		return "the file system does not answer"
	}
	return what + " cannot be read"
}

// Rejects reports whether the problem is a verdict about the file's content: a
// mobi error. The others say why there is no verdict.
func (p Problem) Rejects() bool { return p.ComponentSignature == ComponentMobi }

// CountRejected returns how many of some problems are verdicts about a file's
// content.
func CountRejected[P interface{ Rejects() bool }](problems []P) int {
	n := 0
	for _, p := range problems {
		if p.Rejects() {
			n++
		}
	}
	return n
}

// CodeCount says of how many files an error is true.
type CodeCount struct {
	ErrCode Code `json:"errCode"`
	Files   int  `json:"files"`
}

// String returns the problem in one line, without its key: "mobi 3: message:
// detail" or, of the operating system's, "message (errno 13): detail".
func (p Problem) String() string {
	var b strings.Builder
	if p.ComponentSignature == ComponentFile {
		fmt.Fprintf(&b, "%s (errno %d)", p.Message, p.ErrCode)
	} else {
		fmt.Fprintf(&b, "%s %d: %s", p.ComponentSignature, p.ErrCode, p.Message)
	}
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	return b.String()
}

// ActiveError is a problem that has not ended, with the moment it appeared.
type ActiveError struct {
	Problem
	Since time.Time `json:"since"`
	// Modified is when a rejected file was modified, by the file system's clock; zero
	// where the problem is that it cannot be read.
	Modified FileTime `json:"modified,omitzero"`
	// LastKnown is what the session said that the rejected file had; nil where there
	// was none, or where it said nothing of this.
	LastKnown *LastKnown `json:"lastKnown,omitempty"`
}

// LastKnown says whose session a file was: who looks for a user's file cannot read that
// in a broken one.
type LastKnown struct {
	Email  string `json:"email,omitempty"`
	Device string `json:"device,omitempty"` // its description
}

// maxLastKnown is how long a text of [LastKnown] may be, in bytes: longer ones are no
// address or name, and would be kept beside every error.
const maxLastKnown = 256

// LastKnownOf returns what a session says, nil where it says nothing of this. It keeps
// nothing of the session alive.
func LastKnownOf(s *Session) *LastKnown {
	details := s.Details()
	known := LastKnown{Email: strings.Clone(details.Email), Device: strings.Clone(details.Device.Description)}
	if len(known.Email) > maxLastKnown {
		known.Email = ""
	}
	if len(known.Device) > maxLastKnown {
		known.Device = ""
	}
	if known == (LastKnown{}) {
		return nil
	}
	return &known
}

// Reasons why a file has no verdict yet.
const (
	ReasonInMotion   = "in motion"  // it is being written, or another look must agree
	ReasonUnreadable = "unreadable" // the operating system does not let it be judged
	// ReasonManyGone says that the removal of the session is held back: so many
	// others would be removed with it, without anybody having asked, that it may be
	// a mistake.
	ReasonManyGone = "many gone"
)

// Reasons returns all reasons why a file may have no verdict.
func Reasons() []string { return []string{ReasonInMotion, ReasonManyGone, ReasonUnreadable} }

// Unsettled is a file, or a folder that cannot be listed, that has no verdict
// yet. What is in memory for it stays as it was.
type Unsettled struct {
	Session Key       `json:"session"`
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason"`
}

// UnsettledCounts counts what has no verdict yet, by reason.
type UnsettledCounts struct {
	InMotion   int `json:"inMotion"`
	ManyGone   int `json:"manyGone"`
	Unreadable int `json:"unreadable"`
}

// Add counts n more for a reason; none is no reason.
func (c *UnsettledCounts) Add(reason string, n int) {
	switch reason {
	case ReasonInMotion:
		c.InMotion += n
	case ReasonManyGone:
		c.ManyGone += n
	case ReasonUnreadable:
		c.Unreadable += n
	}
}

// Total returns how much has no verdict yet.
func (c UnsettledCounts) Total() int { return c.InMotion + c.ManyGone + c.Unreadable }

// CountUnsettled counts what is unsettled, by reason.
func CountUnsettled(unsettled []Unsettled) UnsettledCounts {
	var c UnsettledCounts
	for _, u := range unsettled {
		c.Add(u.Reason, 1)
	}
	return c
}

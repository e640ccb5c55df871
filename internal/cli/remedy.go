package cli

import (
	"errors"
	"io/fs"
	"syscall"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// remedy says what can be done about a problem, as the end of a sentence.
func remedy(p *session.Problem) string {
	if !p.Rejects() {
		return fileRemedy(syscall.Errno(p.ErrCode))
	}
	switch session.Code(p.ErrCode) {
	case session.CodeLocation:
		return "name folder and file after the ids in it, or correct the ids"
	case session.CodeSyntax:
		return "correct the JSON at that place, or delete the file"
	case session.CodeSchema:
		return "correct the members it names (sessiond schema prints the rules), or delete the file"
	case session.CodeToken:
		return "copy the token of this very session, or delete the file"
	}
	return api.AdviceRejected
}

// fileRemedy says what can be done about an error of the operating system.
func fileRemedy(errno syscall.Errno) string {
	switch {
	case errors.Is(errno, fs.ErrPermission):
		return "let the user that the daemon runs as read it"
	case errno == session.ErrTooLarge:
		return "make it smaller, or raise max-file-size"
	case errno == session.ErrOtherMount:
		return "mount what was there before, or go on with what is there now by sessiond refresh --take-root"
	case errno == session.ErrNoDescriptor, errno == session.ErrNoDescriptors:
		return "raise the limit of open files"
	case errno == session.ErrNoFolder:
		return "there must be a folder at this place"
	}
	return "see to the disk or the network share"
}

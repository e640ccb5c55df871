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
	return api.Remedy(session.Code(p.ErrCode))
}

// fileRemedy says what can be done about an error of the operating system.
func fileRemedy(errno syscall.Errno) string {
	switch {
	case errors.Is(errno, fs.ErrPermission):
		return "give the daemon's user that right: see Permissions in docs/OPERATIONS.md"
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

package control

import (
	"errors"
	"strconv"
	"time"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// administrationProblem returns the failure that an error of an [Administrator] stands
// for, or nil for another one's.
func administrationProblem(err error) *problem {
	var failed *edit.Error
	switch {
	case errors.As(err, &failed):
		return editProblem(failed)
	case errors.Is(err, trash.ErrNotFound):
		return newProblem(api.KindNotInTrash, "%v", trash.ErrNotFound)
	case errors.Is(err, admin.ErrNoTrash):
		return newProblem(api.KindNoTrash, "%v", err)
	case errors.Is(err, admin.ErrNoAudit):
		return newProblem(api.KindNoAudit, "%v", err)
	case errors.Is(err, admin.ErrNotAudited):
		return newProblem(api.KindNotAudited, "%v", err)
	}
	return nil
}

// editProblem returns the failure of an edit, with all that is known to correct it.
func editProblem(e *edit.Error) *problem {
	p := newProblem(kindOf(e.Kind), "%v", e)
	if e.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int((e.RetryAfter + time.Second - 1) / time.Second)) // rounded up
	}
	p.Owner, p.Folder, p.Remedy = e.Owner, e.Folder, e.Remedy
	switch e.Kind {
	case edit.KindPrecondition:
		if e.Current != nil {
			p.Current = api.SummaryOf(session.Loaded{Session: e.Current})
		}
		if e.Digest != (session.Digest{}) {
			p.ETag = e.Digest.String()
		}
	case edit.KindRejected, edit.KindResult:
		p.Rejected = e.Problem
	default: // nothing to add
	}
	return p
}

// kindOf returns the kind of failure that an edit's is for clients.
func kindOf(k edit.Kind) api.Kind {
	switch k {
	case edit.KindNotFound:
		return api.KindNoFile
	case edit.KindExists:
		return api.KindFileExists
	case edit.KindPrecondition:
		return api.KindChangedSince
	case edit.KindRejected:
		return api.KindRejected
	case edit.KindResult:
		return api.KindNotCompliant
	case edit.KindSet:
		return api.KindInvalidSet
	case edit.KindConflict:
		return api.KindConflict
	case edit.KindTooLarge:
		return api.KindFileTooLarge
	case edit.KindRefused:
		return api.KindNotWritable
	case edit.KindReadOnly:
		return api.KindReadOnly
	case edit.KindNoSpace:
		return api.KindNoSpace
	case edit.KindBusy:
		return api.KindFileBusy
	case edit.KindUnreadable:
		return api.KindUnreadable
	case edit.KindUnknown:
		return api.KindOutcomeUnknown
	case edit.KindTrash:
		return api.KindTrashFailed
	case edit.KindIntent:
		return api.KindNotAudited
	}
	return api.KindInternal
}

package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// busyRetry is how long to wait before another attempt where another program is in the
// way.
const busyRetry = time.Second

func isHung(err error) bool { return errors.Is(err, session.ErrHangs) }

// failure makes an [Error] of what the operating system said. Whose file it is about, and
// where, is said where the system refuses.
func (f *folder) failure(key session.Key, attributes *mobileapps.Attributes, err error) *Error {
	e := failure(key, err)
	if e.Kind == KindRefused {
		e.Folder = f.Path()
		e.Remedy = "run sessiond as the user that the 4D server runs as"
		if attributes != nil {
			e.Owner = fmt.Sprintf("%d:%d", attributes.UID, attributes.GID)
			e.Remedy += fmt.Sprintf(": the owner of the file (uid %d), with the right to write to its folder", attributes.UID)
		}
		if errors.Is(err, mobileapps.ErrNoExchange) {
			e.Remedy = "keep the MobileApps folder on a local file system"
		}
	}
	return e
}

func failure(key session.Key, err error) *Error {
	e := &Error{Key: key, Err: withoutPath(err)}
	switch {
	case isHung(err):
		e.Kind, e.Detail = KindUnknown, "the file system does not answer; the outcome is unknown"
		e.RetryAfter = busyRetry
	case errors.Is(err, mobileapps.ErrLocked), errors.Is(err, errMoved):
		e.Kind, e.Detail, e.RetryAfter = KindBusy, "it cannot be edited now", busyRetry
	case errors.Is(err, mobileapps.ErrAttributes), errors.Is(err, mobileapps.ErrNoExchange):
		e.Kind, e.Detail = KindRefused, "it cannot be replaced without loss"
	case mobileapps.IsAbsent(err):
		e.Kind, e.Detail = KindNotFound, "there is no such session file"
	case errors.Is(err, fs.ErrExist):
		e.Kind, e.Detail = KindExists, "a file of this name is there"
	case errors.Is(err, session.ErrTooLarge):
		e.Kind, e.Detail = KindTooLarge, "it is larger than max-file-size allows"
	case isReadOnly(err):
		e.Kind, e.Detail = KindReadOnly, "its file system is mounted read-only"
		e.Remedy = "mount the file system with write access, or give the service the right to write below the root"
	case isNoSpace(err):
		e.Kind, e.Detail = KindNoSpace, "no space is left"
	case isBusy(err):
		e.Kind, e.Detail, e.RetryAfter = KindBusy, "another program has it in use", busyRetry
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Detail = KindRefused, "the operating system does not allow it"
	default:
		e.Kind, e.Detail = KindUnreadable, "it cannot be read or written"
	}
	return e
}

// halfway is the failure of what was begun: whatever the reason, the outcome is not
// known.
func halfway(key session.Key, err error) *Error {
	return &Error{
		Kind: KindUnknown, Key: key, RetryAfter: busyRetry, Err: withoutPath(err),
		Detail: "it failed halfway; the outcome is unknown",
	}
}

// withoutPath returns what the operating system said without the path, which would
// tell the whole key to the log.
func withoutPath(err error) error {
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	if errno := syscall.Errno(0); errors.As(err, &errno) &&
		!errors.Is(err, mobileapps.ErrAttributes) && !errors.Is(err, mobileapps.ErrNoExchange) {
		return errno
	}
	return err
}

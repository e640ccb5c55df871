package edit

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Delete removes a session file, compliant or not. Its errors are of type [*Error], or
// the context's.
func (e *Editor) Delete(ctx context.Context, key session.Key, o Options) (Result, error) {
	if err := checkKey(key); err != nil {
		return Result{}, err
	}
	return e.settled(ctx, key, o, func(f *folder, before *unsettled) (Result, error) {
		return e.delete(ctx, f, key, before, o)
	})
}

func (e *Editor) delete(ctx context.Context, f *folder, key session.Key, before *unsettled, o Options) (Result, error) {
	old, err := f.read(key)
	tooLarge := isTooLarge(err) && o.NoTrash && o.IfMatch == nil
	if err != nil && !tooLarge {
		return Result{}, err
	}
	result := Result{Key: key, Read: old.digest, Changed: true}
	if !tooLarge {
		var problem *session.Problem
		result.Before, problem = e.config.Judge.Judge(key, old.file.Data)
		if o.IfMatch != nil && *o.IfMatch != old.digest {
			return Result{}, changedSince(key, old, result.Before)
		}
		// What is invalid may be in the middle of a save, unless the caller saw just this.
		if now := (&unsettled{signature: old.file.Signature}); problem != nil && o.IfMatch == nil && !now.confirms(before) {
			return Result{}, now
		}
	}
	if o.DryRun {
		return result, nil
	}
	if err := intent(key, o, result); err != nil {
		return Result{}, err
	}
	if err := f.inPlace(); err != nil {
		return Result{}, f.failure(key, nil, err)
	}
	temp := temporary{use: forDeletion, read: old.digest, id: key.ID}.name()
	if err := f.Rename(key.ID, temp); err != nil {
		if isHung(err) {
			e.recovered = rootPlace{}
		}
		if mobileapps.IsAbsent(err) {
			return Result{}, absent(key)
		}
		return Result{}, f.failure(key, &old.file.Attributes, err)
	}
	result.Trash, err = e.remove(ctx, f, key, old, temp, o.NoTrash)
	return result, err
}

func isTooLarge(err error) bool {
	var fault *Error
	return errors.As(err, &fault) && fault.Kind == KindTooLarge
}

// remove removes a file that has a temporary name, if it is what was to be removed, and
// puts it back otherwise.
func (e *Editor) remove(ctx context.Context, f *folder, key session.Key, old version, temp string, noTrash bool) (trash string, err error) {
	if err := e.isToGo(f, key, old, temp, ""); err != nil {
		return "", err
	}
	if e.config.Trash != nil && !noTrash {
		if trash, err = e.config.Trash.Put(ctx, removed(key, old, time.Now(), ReasonDeleted)); err != nil {
			fault := &Error{Kind: KindTrash, Key: key, Detail: "no copy can be kept in the trash", Err: withoutPath(err), RetryAfter: busyRetry}
			if isNoSpace(err) {
				fault.Kind = KindNoSpace
			}
			return "", e.back(f, key, temp, "", fault)
		}
		// To make a copy took a while.
		if err := e.isToGo(f, key, old, temp, trash); err != nil {
			return "", err
		}
	}
	if err := f.Remove(temp); err != nil {
		if isHung(err) {
			e.recovered = rootPlace{}
			return "", halfway(key, err)
		}
		return "", e.back(f, key, temp, trash, f.failure(key, &old.file.Attributes, err))
	}
	if err := f.Sync(); err != nil {
		return "", halfway(key, err)
	}
	return trash, nil
}

// isToGo makes sure that a file with a temporary name is what was to be removed. copied is
// as for back.
func (e *Editor) isToGo(f *folder, key session.Key, old version, temp, copied string) error {
	now, err := f.look(temp)
	if err != nil {
		e.recovered = rootPlace{}
		e.left(key, temp, err)
		return halfway(key, err)
	}
	if old.whole && old.isSame(now) {
		return nil
	}
	if !old.whole { // too large to be read: it is the same if nobody wrote to it
		file, err := f.Read(temp)
		a, b := old.file.Signature, file.Signature
		if errors.Is(err, session.ErrTooLarge) && a.Ino == b.Ino && a.Size == b.Size && a.Mtime == b.Mtime {
			return nil
		}
	}
	return e.back(f, key, temp, copied, &Error{
		Kind: KindConflict, Key: key, Digest: now.digest, RetryAfter: busyRetry,
		Detail: "another program wrote to it while it was being deleted",
	})
}

// back gives a file its name back, and returns the reason. If the name is taken by then,
// that file is newer and stays. The deletion came to nothing in both cases: copied, the id
// of the copy in the trash if there is one, is dropped.
func (e *Editor) back(f *folder, key session.Key, temp, copied string, reason *Error) error {
	err := f.Rename(temp, key.ID)
	switch {
	case err == nil:
		if err := f.Sync(); err != nil {
			return halfway(key, err)
		}
	case errors.Is(err, fs.ErrExist):
		if now, err := f.look(temp); err == nil && now.whole {
			e.discardForeign(f, key, temp, now, ReasonSuperseded)
		} else {
			e.left(key, temp, err)
		}
	case mobileapps.IsAbsent(err): // somebody removed it: the copy is the only one
		return reason
	default:
		e.recovered = rootPlace{}
		e.left(key, temp, err)
		return halfway(key, err)
	}
	e.drop(key, copied)
	return reason
}

// drop removes the copy of a file that was not deleted after all. If it stayed, it could be
// restored once that session is logged out.
func (e *Editor) drop(key session.Key, copied string) {
	if copied == "" {
		return
	}
	if err := e.config.Trash.Drop(context.Background(), copied); err != nil {
		e.notify(Notice{Key: key, Kind: NoticeCopyStays, Trash: copied, Err: err})
	}
}

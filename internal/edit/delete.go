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
	return one(func(tell func([]Outcome)) { e.DeleteAll(ctx, []Item{{key, o.IfMatch}}, o, tell) })
}

// DeleteAll is Delete for many files, which are deleted in chunks. It tells what became of
// each as soon as that is known, and returns once it has told of all.
func (e *Editor) DeleteAll(ctx context.Context, items []Item, o Options, tell func([]Outcome)) {
	e.settled(ctx, items, o, func(c *chunk) { e.delete(ctx, c.entries, o) }, tell)
}

// delete deletes the files of some entries, and ends or postpones each.
func (e *Editor) delete(ctx context.Context, entries []*entry, o Options) {
	var planned []*entry
	size := 0
	for _, t := range entries {
		if size > chunkBytes {
			t.postpone(statePut)
			continue
		}
		switch err := e.planDeletion(t, o); {
		case err != nil:
			t.fail(err)
		case o.DryRun:
			t.succeed(t.Result)
		default:
			size += len(t.old.file.Data)
			planned = append(planned, t)
		}
	}
	planned = intend(planned, o)
	byFolder(planned, func(f *folder, entries []*entry) {
		err := f.inPlace()
		for _, t := range entries {
			if err != nil {
				t.fail(f.failure(t.Key, nil, err))
				continue
			}
			e.takeAway(t)
		}
	})
	e.remove(ctx, open(planned), o.NoTrash)
}

// planDeletion reads a file and finds out whether it is to be deleted.
func (e *Editor) planDeletion(t *entry, o Options) error {
	old, err := t.folder.read(t.Key)
	tooLarge := isTooLarge(err) && o.NoTrash && t.IfMatch == nil
	if err != nil && !tooLarge {
		return err
	}
	t.Result = Result{Key: t.Key, Read: old.digest, Changed: true}
	if !tooLarge {
		var problem *session.Problem
		t.Before, problem = e.config.Judge.Judge(t.Key, old.file.Data)
		if t.IfMatch != nil && *t.IfMatch != old.digest {
			return changedSince(t.Key, old, t.Before)
		}
		// What is invalid may be in the middle of a save, unless the caller saw just this.
		if now := (&unsettled{signature: old.file.Signature}); problem != nil && t.IfMatch == nil && !now.confirms(t.before) {
			return now
		}
	}
	if !o.DryRun {
		t.old = old
	}
	return nil
}

// takeAway gives a file a temporary name.
func (e *Editor) takeAway(t *entry) {
	key := t.Key
	t.temp = temporary{use: forDeletion, read: t.old.digest, id: key.ID}.name()
	err := t.folder.Rename(key.ID, t.temp)
	if err == nil {
		return
	}
	if isHung(err) {
		e.recovered = rootPlace{}
	}
	if mobileapps.IsAbsent(err) {
		t.fail(absent(key))
		return
	}
	t.fail(t.folder.failure(key, &t.old.file.Attributes, err))
}

func isTooLarge(err error) bool {
	var fault *Error
	return errors.As(err, &fault) && fault.Kind == KindTooLarge
}

// remove removes files that have temporary names, if they are what was to be removed, and
// puts them back otherwise.
func (e *Editor) remove(ctx context.Context, entries []*entry, noTrash bool) {
	e.mustBeToGo(entries)
	entries = open(entries)
	if e.config.Trash != nil && !noTrash {
		e.keepCopies(ctx, entries)
		entries = open(entries)
	}
	byFolder(entries, func(f *folder, entries []*entry) {
		for _, t := range entries {
			// To make copies, and to remove others, took a while.
			if err := e.isToGo(f, t.Key, t.old, t.temp, t.Trash); err != nil {
				t.fail(err)
				continue
			}
			err := f.Remove(t.temp)
			switch {
			case isHung(err):
				e.recovered = rootPlace{}
				t.fail(halfway(t.Key, err))
			case err != nil:
				t.fail(e.back(f, t.Key, t.temp, t.Trash, f.failure(t.Key, &t.old.file.Attributes, err)))
			}
		}
		removed := open(entries)
		if len(removed) == 0 {
			return
		}
		if err := f.Sync(); err != nil {
			failAll(removed, func(key session.Key) error { return halfway(key, err) })
			return
		}
		for _, t := range removed {
			t.succeed(t.Result)
		}
	})
}

// keepCopies has copies of files in the trash. Those that cannot be kept go back.
func (e *Editor) keepCopies(ctx context.Context, entries []*entry) {
	if len(entries) == 0 {
		return
	}
	now := time.Now()
	files := make([]Removed, len(entries))
	for i, t := range entries {
		files[i] = removed(t.Key, t.old, now, ReasonDeleted)
	}
	for i, c := range e.config.Trash.Put(ctx, files...) {
		t := entries[i]
		if c.Err == nil {
			t.Trash = c.ID
			continue
		}
		fault := &Error{Kind: KindTrash, Key: t.Key, Detail: "no copy can be kept in the trash", Err: withoutPath(c.Err), RetryAfter: busyRetry}
		if isNoSpace(c.Err) {
			fault.Kind = KindNoSpace
		}
		t.fail(e.back(t.folder, t.Key, t.temp, "", fault))
	}
}

// mustBeToGo fails the entries whose files are not what was to be removed.
func (e *Editor) mustBeToGo(entries []*entry) {
	for _, t := range entries {
		if err := e.isToGo(t.folder, t.Key, t.old, t.temp, t.Trash); err != nil {
			t.fail(err)
		}
	}
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

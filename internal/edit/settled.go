package edit

import (
	"context"
	"errors"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// maxLooks is how often a file is looked at that does not come to rest.
const maxLooks = 8

// unsettled is what one look is not enough for: an absent or invalid file, which may be
// in the middle of a save, or one that is being written.
type unsettled struct {
	absent, moving bool
	signature      mobileapps.Signature
	verdict        *Error // what it means if it stays so
}

func (u *unsettled) Error() string { return "the file may be in motion" }

// confirms reports whether a second look found the same as the first.
func (u *unsettled) confirms(before *unsettled) bool {
	switch {
	case before == nil || u.moving || before.moving:
		return false
	case u.absent || before.absent:
		return u.absent && before.absent
	}
	return u.signature == before.signature
}

func absent(key session.Key) *unsettled {
	return &unsettled{absent: true, verdict: &Error{Kind: KindNotFound, Key: key, Detail: "there is no such session file"}}
}

// work is one attempt at an edit. Before is what an earlier look found, or nil.
type work func(f *folder, before *unsettled) (Result, error)

// settled does work about a key, again after a settle time as long as it finds the file
// unsettled, until two looks agree.
func (e *Editor) settled(ctx context.Context, key session.Key, o Options, do work) (Result, error) {
	var before *unsettled
	for range maxLooks {
		result, err := e.once(ctx, key, o, before, do)
		var now *unsettled
		if !errors.As(err, &now) {
			return result, err
		}
		if now.confirms(before) {
			return Result{}, now.verdict
		}
		before = now
		if err := e.rest(ctx); err != nil {
			return Result{}, err
		}
	}
	return Result{}, &Error{Kind: KindBusy, Key: key, Detail: "it is being written", RetryAfter: busyRetry}
}

// rest waits one settle time.
func (e *Editor) rest(ctx context.Context) error {
	timer := time.NewTimer(e.config.Settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// once does work about a key once, in turn, after what an earlier edit of the same file
// left to be looked at, and after what a crash left behind.
func (e *Editor) once(ctx context.Context, key session.Key, o Options, before *unsettled, do work) (Result, error) {
	if err := e.acquireFile(ctx, key); err != nil {
		return Result{}, err
	}
	defer e.release()
	root, err := e.hold()
	if err != nil {
		return Result{}, unreadable(key, failure(key, err))
	}
	defer e.letGo(root)
	if root.place != e.recovered && !o.DryRun {
		switch _, err := e.recover(ctx, root); {
		case ctx.Err() != nil:
			return Result{}, ctx.Err()
		case err != nil:
			return Result{}, unreadable(key, failure(key, err))
		}
	}
	f, err := e.open(root, key.App)
	if err != nil {
		return Result{}, unreadable(key, failure(key, err))
	}
	defer f.Close()
	return do(f, before)
}

// unreadable is a failure before anything was to be written.
func unreadable(key session.Key, e *Error) error {
	switch e.Kind {
	case KindNotFound:
		return absent(key)
	case KindRefused:
		e.Kind, e.Detail = KindUnreadable, "it cannot be read"
	case KindUnknown:
		e.Kind, e.Detail = KindBusy, "the file system does not answer; nothing was done"
	}
	return e
}

// acquireFile waits for the turn to edit a file.
func (e *Editor) acquireFile(ctx context.Context, key session.Key) error {
	for {
		if err := e.acquire(ctx); err != nil {
			return err
		}
		earlier := e.jobs[key]
		if earlier == nil {
			return nil
		}
		e.release()
		select {
		case <-earlier.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

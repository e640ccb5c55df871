package edit

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Change sets members of a session file. Its errors are of type [*Error], or the
// context's.
func (e *Editor) Change(ctx context.Context, key session.Key, set Set, o Options) (Result, error) {
	if err := set.Check(); err != nil {
		return Result{}, &Error{Kind: KindSet, Key: key, Detail: err.Error()}
	}
	if err := checkKey(key); err != nil {
		return Result{}, err
	}
	return e.settled(ctx, key, o, func(f *folder, _ *unsettled) (Result, error) {
		j := e.newJob(f, key, set)
		defer e.begin(j)
		return e.change(f, j, o)
	})
}

// checkKey refuses what cannot be a session file, or have temporary files.
func checkKey(key session.Key) error {
	if !session.IsAppFolderName(key.App) || !session.IsSessionFileName(key.ID) {
		return &Error{Kind: KindNotFound, Key: key, Detail: "this cannot be a session file"}
	}
	if !fits(key.ID) {
		return &Error{
			Kind: KindRefused, Key: key, Detail: "its name is too long for that of a temporary file beside it",
			Remedy: "edit the file by hand",
		}
	}
	return nil
}

// attempts is how often a change begins again because others wrote to the file.
const attempts = 5

// errOvertaken says that somebody else wrote to the file in the middle of an edit. What
// they wrote is in place.
var errOvertaken = errors.New("another program wrote to the file")

// change makes the change of a job. What it leaves to be looked at is in the job.
func (e *Editor) change(f *folder, j *job, o Options) (Result, error) {
	for range attempts {
		result, err := e.attempt(f, j, o)
		if !errors.Is(err, errOvertaken) {
			return result, err
		}
	}
	return Result{}, &Error{
		Kind: KindConflict, Key: j.key, RetryAfter: busyRetry,
		Detail: fmt.Sprintf("another program wrote to it each of %d times that it was to be replaced", attempts),
	}
}

func (e *Editor) attempt(f *folder, j *job, o Options) (Result, error) {
	old, err := f.read(j.key)
	if err != nil {
		return Result{}, err
	}
	j.reread(f)
	before, problem := e.config.Judge.Judge(j.key, old.file.Data)
	if problem != nil {
		return Result{}, rejected(j.key, old, problem, o.IfMatch)
	}
	if o.IfMatch != nil && *o.IfMatch != old.digest {
		return Result{}, changedSince(j.key, old, before)
	}
	data, err := splice(old.file.Data, j.set)
	if err != nil {
		return Result{}, &Error{Kind: KindResult, Key: j.key, Digest: old.digest, Current: before, Detail: "it cannot be changed", Err: err}
	}
	result := Result{Key: j.key, Before: before, After: before, Read: old.digest, Digest: old.digest}
	if bytes.Equal(data, old.file.Data) {
		return result, nil
	}
	if old.file.Links > 1 {
		return Result{}, &Error{
			Kind: KindRefused, Key: j.key, Digest: old.digest, Current: before, Folder: f.Path(),
			Detail: fmt.Sprintf("the file has %d names (hard links), of which only one would change", old.file.Links),
			Remedy: "remove the other names, or edit the file by hand",
		}
	}
	result.Changed, result.Digest = true, session.DigestOf(data)
	if result.After, problem = e.config.Judge.Judge(j.key, data); problem != nil {
		return Result{}, &Error{
			Kind: KindResult, Key: j.key, Digest: old.digest, Current: before, Problem: problem,
			Detail: "it would not be compliant: " + problem.String(),
		}
	}
	if o.DryRun {
		return result, nil
	}
	if err := intent(j.key, o, result); err != nil {
		return Result{}, err
	}
	return result, e.replace(f, j, old, data)
}

// intent tells the caller what is about to be done.
func intent(key session.Key, o Options, r Result) error {
	if o.Intent == nil {
		return nil
	}
	if err := o.Intent(r); err != nil {
		return &Error{Kind: KindIntent, Key: key, Detail: "nothing was written", Err: err, RetryAfter: busyRetry}
	}
	return nil
}

// read reads the file of a key, as a pass does.
func (f *folder) read(key session.Key) (version, error) {
	file, err := f.Read(key.ID)
	if err != nil {
		return version{file: file}, unreadable(key, failure(key, err))
	}
	if !file.Stable {
		return version{}, &unsettled{moving: true}
	}
	return versionOf(file), nil
}

// rejected is the answer about a file that is not compliant, once a second look agrees.
func rejected(key session.Key, old version, problem *session.Problem, expected *session.Digest) error {
	verdict := &Error{
		Kind: KindRejected, Key: key, Digest: old.digest, Problem: problem,
		Detail: "it is not compliant, so that it can only be deleted: " + problem.String(),
	}
	if expected != nil && *expected != old.digest {
		verdict = changedSince(key, old, nil)
	}
	return &unsettled{signature: old.file.Signature, verdict: verdict}
}

func changedSince(key session.Key, old version, now *session.Session) *Error {
	return &Error{Kind: KindPrecondition, Key: key, Digest: old.digest, Current: now, Detail: "it is not what it was"}
}

// replace puts new content in place of a version of the file, or fails with
// errOvertaken.
func (e *Editor) replace(f *folder, j *job, old version, data []byte) error {
	temp := temporary{use: forChange, read: old.digest, id: j.key.ID}.name()
	is, err := f.Create(mobileapps.NewFile{Name: temp, Data: data, Like: old.file.Attributes, From: j.key.ID})
	if err != nil {
		if mobileapps.IsAbsent(err) { // the file or its folder is gone
			return errOvertaken
		}
		if isHung(err) {
			e.recovered = rootPlace{} // it may still be made
		}
		return f.failure(j.key, &old.file.Attributes, err)
	}
	ours := version{is: is, whole: true, digest: session.DigestOf(data)}
	ours.file.Links, ours.file.Attributes = 1, old.file.Attributes
	if err := f.inPlace(); err != nil {
		e.discard(f, j.key, temp)
		return f.failure(j.key, nil, err)
	}
	s, begun, err := f.swap(j.key.ID, temp, ours, old)
	switch {
	case err != nil && (begun || isHung(err)):
		e.recovered = rootPlace{}
		e.left(j.key, temp, err)
		return halfway(j.key, err)
	case mobileapps.IsAbsent(err):
		e.discard(f, j.key, temp)
		return errOvertaken
	case err != nil:
		e.discard(f, j.key, temp)
		return f.failure(j.key, &old.file.Attributes, err)
	}
	j.keep(temp, s.out, old.digest, ours.digest)
	if !ours.isSame(s.in) {
		return errOvertaken
	}
	j.placed, j.base = &ours, old
	if err := f.Sync(); err != nil {
		return halfway(j.key, err)
	}
	return nil
}

// discard removes a new file that was not used after all.
func (e *Editor) discard(f *folder, key session.Key, temp string) {
	if err := f.Remove(temp); err != nil && !mobileapps.IsAbsent(err) {
		e.left(key, temp, err)
	}
}

// left tells of a temporary file that stays.
func (e *Editor) left(key session.Key, temp string, err error) {
	e.notify(Notice{Key: key, Kind: NoticeLeft, File: temp, Err: withoutPath(err)})
}

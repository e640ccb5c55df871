package edit

import (
	"bytes"
	"context"
	"fmt"

	"sessiond/internal/session"
)

// Change sets members of a session file. Its errors are of type [*Error], or the
// context's.
func (e *Editor) Change(ctx context.Context, key session.Key, set Set, o Options) (Result, error) {
	return one(func(tell func([]Outcome)) { e.ChangeAll(ctx, []Item{{key, o.IfMatch}}, set, o, tell) })
}

// ChangeAll is Change for many files, which are changed in chunks. It tells what became of
// each as soon as that is known, and returns once it has told of all.
func (e *Editor) ChangeAll(ctx context.Context, items []Item, set Set, o Options, tell func([]Outcome)) {
	if err := set.Check(); err != nil {
		entries := newEntries(items)
		failAll(entries, func(key session.Key) error { return &Error{Kind: KindSet, Key: key, Detail: err.Error()} })
		tell(outcomes(entries))
		return
	}
	e.settled(ctx, items, o, func(c *chunk) {
		for _, t := range c.entries {
			t.job = e.newJob(t.Key, set)
		}
		e.change(c.entries, o)
		e.begin(c.folders.root, c.entries)
	}, tell)
}

// one returns what became of the only file of an edit.
func one(do func(tell func([]Outcome))) (Result, error) {
	var only Outcome
	do(func(all []Outcome) { only = all[0] })
	if only.Err != nil {
		return Result{}, only.Err
	}
	return only.Result, nil
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

// change makes the changes of some entries, and ends or postpones each. What they leave to
// be looked at is in their jobs.
func (e *Editor) change(entries []*entry, o Options) {
	for range attempts {
		var planned []*entry
		size := 0
		for _, t := range entries {
			if size > chunkBytes {
				t.postpone(statePut)
				continue
			}
			switch toDo, err := e.plan(t, o); {
			case err != nil:
				t.fail(err)
			case !toDo:
				t.succeed(t.Result)
			default:
				size += len(t.old.file.Data) + len(t.data)
				planned = append(planned, t)
			}
		}
		if entries = e.replace(intend(planned, o)); len(entries) == 0 {
			return
		}
	}
	failAll(entries, func(key session.Key) error {
		return &Error{
			Kind: KindConflict, Key: key, RetryAfter: busyRetry,
			Detail: fmt.Sprintf("another program wrote to it each of %d times that it was to be replaced", attempts),
		}
	})
}

// plan reads a file and finds out what is to be written. It returns false where nothing is.
func (e *Editor) plan(t *entry, o Options) (toDo bool, err error) {
	f, key := t.folder, t.Key
	old, err := f.read(key)
	if err != nil {
		return false, err
	}
	t.job.reread(f)
	before, problem := e.config.Judge.Judge(key, old.file.Data)
	if problem != nil {
		return false, rejected(key, old, problem, t.IfMatch)
	}
	if t.IfMatch != nil && *t.IfMatch != old.digest {
		return false, changedSince(key, old, before)
	}
	data, err := splice(old.file.Data, t.job.set)
	if err != nil {
		return false, &Error{Kind: KindResult, Key: key, Digest: old.digest, Current: before, Detail: "it cannot be changed", Err: err}
	}
	t.Result = Result{Key: key, Before: before, After: before, Read: old.digest, Digest: old.digest}
	if bytes.Equal(data, old.file.Data) {
		return false, nil
	}
	if old.file.Links > 1 {
		return false, &Error{
			Kind: KindRefused, Key: key, Digest: old.digest, Current: before, Folder: f.Path(),
			Detail: fmt.Sprintf("the file has %d names (hard links), of which only one would change", old.file.Links),
			Remedy: "remove the other names, or edit the file by hand",
		}
	}
	t.Changed, t.Digest = true, session.DigestOf(data)
	if t.After, problem = e.config.Judge.Judge(key, data); problem != nil {
		return false, &Error{
			Kind: KindResult, Key: key, Digest: old.digest, Current: before, Problem: problem,
			Detail: "it would not be compliant: " + problem.String(),
		}
	}
	if o.DryRun {
		return false, nil
	}
	t.old, t.data = old, data
	return true, nil
}

// intend tells the caller what is about to be done, and returns what may be done.
func intend(planned []*entry, o Options) []*entry {
	if o.Intent == nil || len(planned) == 0 {
		return planned
	}
	results := make([]Result, len(planned))
	for i, t := range planned {
		results[i] = t.Result
	}
	if err := o.Intent(results); err != nil {
		failAll(planned, func(key session.Key) error {
			return &Error{Kind: KindIntent, Key: key, Detail: "nothing was written", Err: err, RetryAfter: busyRetry}
		})
		return nil
	}
	return planned
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

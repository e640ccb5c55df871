package edit

import (
	"context"
	"errors"
	"io/fs"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Restore writes a file again that is in the trash, with its attributes. It never
// replaces a file, and needs the app folder. Its errors are of type [*Error], or the
// context's.
func (e *Editor) Restore(ctx context.Context, r Removed, o Options) (Result, error) {
	if err := checkKey(r.Key); err != nil {
		return Result{}, err
	}
	after, problem := e.config.Judge.Judge(r.Key, r.Data)
	if problem != nil {
		return Result{}, &Error{
			Kind: KindRejected, Key: r.Key, Digest: r.Digest, Problem: problem, Detail: "it is not compliant: " + problem.String(),
		}
	}
	result, err := one(func(tell func([]Outcome)) {
		e.settled(ctx, []Item{{Key: r.Key}}, o, func(c *chunk) {
			for _, t := range c.entries { // one, unless its folder cannot be opened
				t.Result = Result{Key: r.Key, After: after, Digest: session.DigestOf(r.Data), Changed: true}
				if err := e.restore(t, r, o); err != nil {
					t.fail(err)
				} else {
					t.succeed(t.Result)
				}
			}
		}, tell)
	})
	// There is no file to be found: the app folder is what is missing.
	if fault, ok := errors.AsType[*Error](err); ok && fault.Kind == KindNotFound {
		fault.Detail = "its app folder is not there"
		fault.Remedy = "make the app folder first, as the user that the 4D server runs as"
	}
	return result, err
}

func (e *Editor) restore(t *entry, r Removed, o Options) error {
	f := t.folder
	switch _, err := f.Identify(r.Key.ID); {
	case err == nil:
		return failure(r.Key, fs.ErrExist)
	case !mobileapps.IsAbsent(err):
		return f.failure(r.Key, &r.Attributes, err)
	}
	if o.DryRun {
		return nil
	}
	if len(intend([]*entry{t}, o)) == 0 {
		return t.Err
	}
	temp := temporary{use: forChange, read: t.Digest, id: r.Key.ID}.name()
	if _, err := f.Create(mobileapps.NewFile{Name: temp, Data: r.Data, Like: r.Attributes}); err != nil {
		if isHung(err) {
			e.recovered = rootPlace{} // it may still be made
		}
		return f.failure(r.Key, &r.Attributes, err)
	}
	err := f.inPlace()
	if err == nil {
		err = f.Rename(temp, r.Key.ID)
	}
	if err != nil {
		if isHung(err) {
			e.recovered = rootPlace{}
			return halfway(r.Key, err)
		}
		e.discard(f, r.Key, temp)
		return f.failure(r.Key, &r.Attributes, err)
	}
	if err := f.Sync(); err != nil {
		return halfway(r.Key, err)
	}
	return nil
}

package edit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Recover deals with what a crash left behind below the root, and returns what it did,
// which Notify is told, too. A root that is not there is no error. Every edit does it
// first, where that has not been done yet below the present root.
func (e *Editor) Recover(ctx context.Context) ([]Notice, error) {
	if err := e.acquire(ctx); err != nil {
		return nil, err
	}
	defer e.release()
	root, err := e.hold()
	if mobileapps.IsAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, failure(session.Key{}, err)
	}
	defer e.letGo(root)
	return e.recover(ctx, root)
}

// leftover is a temporary file that no job of ours will deal with.
type leftover struct{ app, name string }

// recover is [Editor.Recover] below an open root.
func (e *Editor) recover(ctx context.Context, root *heldRoot) ([]Notice, error) {
	found, all, err := e.leftovers(root)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		// Another program may still write to what a crash took out of its place.
		if err := e.rest(ctx); err != nil {
			return nil, err
		}
	}
	var notices []Notice
	for _, l := range found {
		if n, told := e.recoverOne(root, l); told {
			notices = append(notices, n)
			all = all && !isHung(n.Err)
		}
	}
	if all {
		e.recovered = root.place
	}
	return notices, nil
}

// leftovers returns the leftovers in all app folders that can be listed. All is false where
// one did not answer: it may at the next edit.
func (e *Editor) leftovers(root *heldRoot) (found []leftover, all bool, err error) {
	// A listing goes through an open folder once: that needs one of its own.
	listed, err := e.config.Tree.OpenForWriting()
	if err != nil {
		return nil, false, err
	}
	defer listed.Close()
	all = true
	err = eachApp(listed, func(app string) {
		some, err := e.leftoversIn(root, app)
		if err != nil && !mobileapps.IsAbsent(err) {
			e.notify(Notice{Key: session.Key{App: app}, Kind: NoticeLeft, Err: withoutPath(err)})
			all = all && !isHung(err)
		}
		found = append(found, some...)
	})
	return found, all && err == nil, err
}

// eachApp calls a function for each app folder of a root that was opened for that.
func eachApp(listed mobileapps.WriteRoot, do func(app string)) error {
	for {
		apps, err := listed.Next(appsAtOnce)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, app := range apps {
			do(app)
		}
	}
}

// appsAtOnce is how many entries of the root are asked for at a time.
const appsAtOnce = 128

func (e *Editor) leftoversIn(root *heldRoot, app string) ([]leftover, error) {
	f, err := root.Open(app)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Temporaries()
	if err != nil {
		return nil, err
	}
	var found []leftover
	for _, name := range names {
		if !e.live[temporaryFile{app, name}] {
			found = append(found, leftover{app, name})
		}
	}
	return found, nil
}

// recoverOne deals with one leftover, and reports whether there is something to tell.
func (e *Editor) recoverOne(root *heldRoot, l leftover) (n Notice, told bool) {
	n = Notice{Key: session.Key{App: l.app}, Kind: NoticeLeft, File: l.name}
	tell := func(err error) (Notice, bool) {
		n.Err = withoutPath(err)
		e.notify(n)
		return n, true
	}
	t, ok := parseTemporary(l.name)
	if !ok {
		return tell(errStrange)
	}
	n.Key.ID = t.id
	f, err := e.open(root, l.app)
	if err != nil {
		return tell(err)
	}
	defer f.Close()
	now, err := f.look(l.name)
	switch {
	case err != nil:
		return tell(err)
	case now.absent:
		return n, false
	}
	inPlace, err := f.look(t.id)
	if err != nil {
		return tell(err)
	}
	if now.whole {
		n.Since = time.Unix(0, now.file.Ctime)
	}
	if inPlace.absent && (t.use == forDeletion || mobileapps.WriteMethod == "replace" && now.digest == t.read) {
		switch err := errors.Join(f.Rename(l.name, t.id), f.Sync()); {
		case errors.Is(err, fs.ErrExist): // by now
			inPlace = version{}
		case err != nil:
			return tell(err)
		default:
			n.Kind, n.File = NoticePutBack, ""
			return tell(nil)
		}
	}
	switch {
	case !now.whole:
		return tell(errStrange)
	case inPlace.whole && now.digest == inPlace.digest,
		t.use == forChange && now.digest == t.read && inPlace.is.Regular:
		if err := f.Remove(l.name); err != nil {
			return tell(err)
		}
		return n, false
	}
	return e.discardForeign(f, n.Key, l.name, now, ReasonLeftover), true
}

var errStrange = errors.New("it is not clear what it is")

package edit

import (
	"context"
	"slices"
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

// reason is why an edit is given up without another look.
func (u *unsettled) reason() error {
	if u.verdict != nil {
		return u.verdict
	}
	return u
}

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

// work is one attempt at an edit of some files. It ends each entry, or postpones it.
type work func(c *chunk)

// settled does work about items, chunk by chunk, and tells how each ended as soon as that
// is known: at once what can be done at once, then again what was found unsettled, after a
// settle time, until two looks agree. Tell is called without the turn.
func (e *Editor) settled(ctx context.Context, items []Item, o Options, do work, tell func([]Outcome)) {
	todo := newEntries(items)
	for _, t := range todo {
		if err := checkKey(t.Key); err != nil {
			t.fail(err)
		}
	}
	for len(todo) > 0 {
		var again []*entry
		for some := range slices.Chunk(todo, chunkFiles) {
			e.once(ctx, some, o, do)
			var over []*entry
			for _, t := range some {
				t.release()
				if t.state == stateOver {
					over = append(over, t)
				} else {
					again = append(again, t)
				}
			}
			if len(over) > 0 {
				tell(outcomes(over))
			}
		}
		todo = again
		e.pause(ctx, todo) // where ctx has ended, the next attempt says so
	}
}

// pause waits until another attempt makes sense.
func (e *Editor) pause(ctx context.Context, todo []*entry) {
	if slices.ContainsFunc(todo, func(t *entry) bool { return t.state == stateUnsettled }) && e.rest(ctx) != nil {
		return
	}
	for _, t := range todo {
		if t.earlier == nil {
			continue
		}
		select {
		case <-t.earlier.done:
		case <-ctx.Done():
			return
		}
	}
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

// once does work about entries once, in turn, after what a crash left behind. A file that
// an earlier edit left something to be looked at of has to wait.
func (e *Editor) once(ctx context.Context, entries []*entry, o Options, do work) {
	if err := e.acquire(ctx); err != nil {
		failAll(entries, func(session.Key) error { return err })
		return
	}
	defer e.release()
	if entries = e.unblocked(entries); len(entries) == 0 {
		return
	}
	root, err := e.hold()
	if err != nil {
		failAll(entries, func(key session.Key) error { return unreadable(key, failure(key, err)) })
		return
	}
	defer e.letGo(root)
	if root.place != e.recovered && !o.DryRun {
		switch _, err := e.recover(ctx, root); {
		case ctx.Err() != nil:
			failAll(entries, func(session.Key) error { return ctx.Err() })
			return
		case err != nil:
			failAll(entries, func(key session.Key) error { return unreadable(key, failure(key, err)) })
			return
		}
	}
	c := e.newChunk(root, entries)
	defer c.close()
	do(c)
}

// unblocked returns the entries that need not wait for an earlier job of the same file. Of
// one file, only one edit is made at a time.
func (e *Editor) unblocked(entries []*entry) []*entry {
	free := make([]*entry, 0, len(entries))
	seen := make(map[session.Key]bool, len(entries))
	for _, t := range entries {
		if t.state == stateOver {
			continue
		}
		switch t.earlier = e.jobs[t.Key]; {
		case t.earlier != nil:
			t.postpone(stateBlocked)
		case seen[t.Key]:
			t.postpone(statePut)
		default:
			t.state, seen[t.Key] = stateOpen, true
			free = append(free, t)
		}
	}
	return free
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

package admin

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// Trash returns deleted files that are kept.
func (a *Admin) Trash(ctx context.Context, filter trash.Filter) (trash.Page, error) {
	kept, err := a.kept()
	if err != nil {
		return trash.Page{}, err
	}
	return kept.List(ctx, filter)
}

// kept returns the trash, or why there is none.
func (a *Admin) kept() (*trash.Trash, error) {
	kept, err := a.trash.open()
	switch {
	case err != nil:
		return nil, &edit.Error{Kind: edit.KindTrash, Detail: "the trash cannot be opened", Err: err}
	case kept == nil && a.trash.isKept():
		return nil, fmt.Errorf("%w: nothing was deleted yet, and the daemon runs with --write off", ErrNoTrash)
	case kept == nil:
		return nil, fmt.Errorf("%w: it is off (trash-keep is 0)", ErrNoTrash)
	}
	return kept, nil
}

// Restore writes a deleted file again and opens its session. Once that is in memory, the
// file leaves the trash.
func (a *Admin) Restore(ctx context.Context, o Order, id string) (Answer, error) {
	kept, err := a.kept()
	if err != nil {
		return Answer{}, err
	}
	removed, err := kept.Get(id)
	if err != nil {
		return Answer{}, err
	}
	o.IfMatch, o.NoTrash = nil, false
	resume := func() {}
	if !o.DryRun {
		resume = a.returns.forget(removed.Key) // a pass may find the file before this returns
	}
	result, hints, err := a.restore(ctx, o, removed)
	if err != nil {
		resume()
		return Answer{}, err
	}
	answer := Answer{Result: result, Hints: hints}
	if o.DryRun {
		answer.InMemory = a.inMemory(result.Key)
		return answer, nil
	}
	report, err := a.cfg.Passes.Open(ctx, result.Key)
	a.complete(&answer, &report, err)
	if answer.InMemory == nil { // who knows what became of the file
		answer.Hints = append(answer.Hints, hint(api.HintStaysInTrash, "the session is not in memory, so that the file stays in the trash, too"))
	} else if err := kept.Purge(id); err != nil {
		a.cfg.Log.Warn("a restored file stays in the trash", zap.String("trash", id), zap.Error(err))
		answer.Hints = append(answer.Hints, hint(api.HintStaysInTrash, "the file is restored, and stays in the trash: %v", err))
	}
	return answer, nil
}

// restore writes a deleted file again, and records that.
func (a *Admin) restore(ctx context.Context, o Order, removed edit.Removed) (edit.Result, []api.Hint, error) {
	t := a.newAttempts(o, audit.ActionRestore)
	over := edit.Outcome{Err: a.canBeJudged(removed.Key)}
	if over.Err == nil {
		over.Result, over.Err = a.editor.Restore(ctx, removed, edit.Options{DryRun: o.DryRun, Intent: t.intend})
	}
	over.Key = removed.Key
	var hints []api.Hint
	if !o.DryRun {
		hints = t.end([]edit.Outcome{over})
	}
	return over.Result, hints, over.Err
}

// Purge removes deleted files for good, and returns which.
func (a *Admin) Purge(ctx context.Context, o Order, which Which) ([]trash.Item, error) {
	kept, err := a.kept()
	if err != nil {
		return nil, err
	}
	found, err := find(ctx, kept, which)
	if err != nil || o.DryRun {
		return found, err
	}
	for chunk := range slices.Chunk(found, purgedAtOnce) {
		if err := a.purge(kept, o, chunk); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// purgedAtOnce is how many files are announced to the audit together.
const purgedAtOnce = 1000

// find returns what is asked for. Without an id, there may be nothing.
func find(ctx context.Context, kept *trash.Trash, which Which) ([]trash.Item, error) {
	if which.ID != "" {
		removed, err := kept.Get(which.ID)
		if err != nil {
			return nil, err
		}
		return []trash.Item{{
			ID: which.ID, Key: removed.Key, RemovedAt: removed.RemovedAt, Until: removed.RemovedAt.Add(kept.Keep()),
			Reason: removed.Reason, Size: int64(len(removed.Data)),
		}}, nil
	}
	filter := trash.Filter{App: which.Key.App, Prefix: which.Key.String(), Email: which.Email}
	found := []trash.Item{}
	for {
		page, err := kept.List(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if which.Key == (session.Key{}) || item.Key == which.Key {
				found = append(found, item)
			}
		}
		if filter.Before = page.Next; filter.Before == "" {
			return found, nil
		}
	}
}

// purge removes files for good. The audit does not have the e-mail addresses of what was
// to be forgotten.
func (a *Admin) purge(kept *trash.Trash, o Order, items []trash.Item) error {
	entries, ids := make([]audit.Entry, len(items)), make([]string, len(items))
	for i, item := range items {
		entries[i] = audit.Entry{Actor: &o.By, Action: audit.ActionPurge, Key: item.Key, Reason: o.Reason}
		ids[i] = item.ID
	}
	changes, err := a.record.begin(entries...)
	if err != nil {
		return err
	}
	err = kept.Purge(ids...)
	ended := make([]audit.Ended, len(changes))
	for i, change := range changes {
		ended[i] = audit.Ended{Change: change, Outcome: audit.Outcome{Err: err}}
	}
	if lost := a.record.end(ended); lost != nil {
		a.cfg.Log.Warn("that files were purged was not recorded", zap.Error(lost))
	}
	outcome := audit.ResultDone
	if err != nil {
		outcome = audit.ResultFailed
		err = &edit.Error{Kind: edit.KindTrash, Detail: "a file in the trash cannot be removed", Err: err}
	}
	for range items {
		a.cfg.Made(audit.ActionPurge, outcome)
	}
	return err
}

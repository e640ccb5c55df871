package admin

import (
	"context"
	"errors"
	"time"

	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// Change sets members of a session's file.
func (a *Admin) Change(ctx context.Context, o Order, key session.Key, set edit.Set) (Answer, error) {
	return one(func(tell func([]Ended)) { a.ChangeAll(ctx, o, []edit.Item{{Key: key, IfMatch: o.IfMatch}}, set, tell) })
}

// ChangeAll is Change for many files. It tells what became of each as soon as that is known,
// from one goroutine at a time, and returns once it has told of all.
func (a *Admin) ChangeAll(ctx context.Context, o Order, items []edit.Item, set edit.Set, tell func([]Ended)) {
	m := a.newMany(ctx, o, actionOf(set), tell)
	m.perform(items, func(items []edit.Item, options edit.Options, tell func([]edit.Outcome)) {
		a.editor.ChangeAll(ctx, items, set, options, tell)
	})
}

// Delete deletes a session's file.
func (a *Admin) Delete(ctx context.Context, o Order, key session.Key) (Answer, error) {
	return one(func(tell func([]Ended)) { a.DeleteAll(ctx, o, []edit.Item{{Key: key, IfMatch: o.IfMatch}}, tell) })
}

// DeleteAll is Delete for many files, as ChangeAll is for Change.
func (a *Admin) DeleteAll(ctx context.Context, o Order, items []edit.Item, tell func([]Ended)) {
	m := a.newMany(ctx, o, audit.ActionDelete, tell)
	m.perform(items, func(items []edit.Item, options edit.Options, tell func([]edit.Outcome)) {
		a.editor.DeleteAll(ctx, items, options, tell)
	})
}

// one returns what became of the only order.
func one(do func(tell func([]Ended))) (Answer, error) {
	var only Ended
	do(func(all []Ended) { only = all[0] })
	if only.Err != nil {
		return Answer{}, only.Err
	}
	return only.Answer, nil
}

// actionOf returns what the audit calls a change.
func actionOf(set edit.Set) audit.Action {
	switch {
	case set.Email != nil:
		return audit.ActionSetEmail
	case set.Status == nil:
		return audit.ActionEdit // of nothing
	case *set.Status == session.StatusPending:
		return audit.ActionHold
	}
	return audit.ActionAccept
}

// canBeJudged returns why the folder of a file or the root cannot be looked at, as far as the
// last pass knows. While a disk or a share is away, what lies at its place is not what is in
// memory: to change that would change nothing once the other is back.
func (a *Admin) canBeJudged(key session.Key) error {
	view := a.cfg.Store.View()
	for _, above := range []session.Key{{}, key.Folder()} {
		if problem, ok := view.Problem(above); ok {
			return &edit.Error{
				Kind: edit.KindUnreadable, Key: key, RetryAfter: time.Second,
				Detail: "the folder that it is in, or the root, cannot be looked at: " + problem.Message,
			}
		}
	}
	return nil
}

// explain returns why an edit failed. Of a file that is gone, it says where its session is
// in memory because the removals of many are held back: a list has it still.
func (a *Admin) explain(key session.Key, failed error) error {
	absent, ok := errors.AsType[*edit.Error](failed)
	view := a.cfg.Store.View()
	if !ok || absent.Kind != edit.KindNotFound || a.inMemory(key) == nil ||
		view.CountUnsettled().ManyGone == 0 || !view.IsUnsettled(key) {
		return failed
	}
	said := *absent
	said.Detail = "its file is gone already, and its session is kept in memory for now, since many files went at once"
	said.Remedy = "have an administrator call sessiond refresh, which ends the sessions of all files that are gone"
	return &said
}

// Refused records that somebody was not allowed to do something.
func (a *Admin) Refused(by audit.Actor, action audit.Action, key session.Key, why error) {
	a.record.refused(audit.Entry{Actor: &by, Action: action, Key: key, Error: why.Error()})
	a.cfg.Made(action, audit.ResultRefused)
}

// Refreshed records that somebody had a full pass made that counts as asked for: what it
// removed is on record beside it.
func (a *Admin) Refreshed(by audit.Actor, reason string) {
	a.record.observe(audit.Entry{Actor: &by, Action: audit.ActionRefresh, Reason: reason, Result: audit.ResultDone})
}

// Adopted records that somebody had published what removes many sessions elsewhere.
func (a *Admin) Adopted(by audit.Actor, reason string) {
	a.record.observe(audit.Entry{Actor: &by, Action: audit.ActionAdopt, Reason: reason, Result: audit.ResultDone})
}

// Opened records that somebody had a session opened, or several where the key is none.
func (a *Admin) Opened(by audit.Actor, key session.Key) {
	a.record.observe(audit.Entry{Actor: &by, Action: audit.ActionOpen, Key: key, Result: audit.ResultDone})
}

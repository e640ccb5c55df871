package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// Change sets members of a session's file.
func (a *Admin) Change(ctx context.Context, o Order, key session.Key, set edit.Set) (Answer, error) {
	result, hints, err := a.perform(o, actionOf(set), key, func(options edit.Options) (edit.Result, error) {
		return a.editor.Change(ctx, key, set, options)
	})
	if err != nil {
		return Answer{}, err
	}
	return a.answer(ctx, o, result, hints, false), nil
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

// Delete deletes a session's file.
func (a *Admin) Delete(ctx context.Context, o Order, key session.Key) (Answer, error) {
	was := a.inMemory(key) != nil
	result, hints, err := a.perform(o, audit.ActionDelete, key, func(options edit.Options) (edit.Result, error) {
		return a.editor.Delete(ctx, key, options)
	})
	if err != nil {
		if was && !o.DryRun {
			a.keep(context.WithoutCancel(ctx), key)
		}
		return Answer{}, err
	}
	if !a.trash.isKept() && !o.NoTrash {
		hints = append(hints, hint(api.HintTrashOff, "the trash is off (trash-keep): a deleted file is gone for good"))
	}
	answer := a.answer(ctx, o, result, hints, true)
	if !o.DryRun {
		a.watchFor(key, &answer)
	}
	return answer, nil
}

// keep keeps a session in memory whose file was not deleted after all. Until it went
// back to its place, which takes as long as the trash does, passes may have found it gone.
func (a *Admin) keep(ctx context.Context, key session.Key) {
	if _, err := a.cfg.Passes.Edited(ctx, key, false); err == nil && a.inMemory(key) == nil {
		_, _ = a.cfg.Passes.Open(ctx, key) // the file may be gone by now, or wrong
	}
}

// perform makes one edit, and records it.
func (a *Admin) perform(o Order, action audit.Action, key session.Key, do func(edit.Options) (edit.Result, error)) (edit.Result, []api.Hint, error) {
	attempt := attempt{record: a.record, order: o, action: action, key: key}
	options := edit.Options{IfMatch: o.IfMatch, DryRun: o.DryRun, NoTrash: o.NoTrash, Intent: attempt.intend}
	var result edit.Result
	err := a.canBeJudged(key)
	if err == nil {
		result, err = do(options)
	}
	if o.DryRun {
		return result, nil, err
	}
	var hints []api.Hint
	if lost := attempt.end(result, err); lost != nil {
		a.cfg.Log.Warn("the result of a change was not recorded", zap.String("session", key.Short()), zap.Error(lost))
		hints = append(hints, hint(api.HintAuditFails, "the change was made, but that could not be recorded: see the log"))
	}
	a.told(o, action, key, result, err)
	return result, hints, err
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

// told counts what was done, and tells the log.
func (a *Admin) told(o Order, action audit.Action, key session.Key, result edit.Result, err error) {
	outcome := audit.ResultDone
	fields := []zap.Field{zap.String("action", string(action)), zap.String("session", key.Short())}
	switch {
	case o.By.UID != nil:
		fields = append(fields, zap.Uint32("uid", *o.By.UID))
	case o.By.User != "": // on Windows
		fields = append(fields, zap.String("user", o.By.User))
	}
	if result.Trash != "" {
		fields = append(fields, zap.String("trash", result.Trash))
	}
	if o.Reason != "" {
		fields = append(fields, zap.String("reason", o.Reason))
	}
	if err != nil {
		outcome = audit.ResultFailed
		a.cfg.Log.Warn("a change was not made", append(fields, zap.Error(err))...)
	} else {
		a.cfg.Log.Info("changed", append(fields, zap.Bool("changed", result.Changed))...)
	}
	a.cfg.Made(action, outcome)
}

// attempt is one edit as the audit sees it.
type attempt struct {
	record *record
	order  Order
	action audit.Action
	key    session.Key

	begun  *audit.Change // nil until something was about to be done
	intent edit.Result
}

// errOvertaken is why an edit was begun again.
var errOvertaken = errors.New("another program wrote to the file; it is done again on what that wrote")

// intend records what is about to be done. It is called again where others changed the file
// meanwhile.
func (t *attempt) intend(r edit.Result) error {
	if t.begun != nil {
		_ = t.done(audit.Outcome{Err: errOvertaken}) // what follows fails for the same reason
	}
	changes, err := t.record.begin(t.entry(r))
	if err != nil {
		return err
	}
	t.begun, t.intent = &changes[0], r
	return nil
}

// end records how the edit ended. It returns an error where something was done, and that
// could not be recorded.
func (t *attempt) end(r edit.Result, err error) error {
	switch {
	case t.begun != nil && err != nil:
		return t.done(audit.Outcome{Err: err, Before: audit.StateOf(t.intent.Before)})
	case t.begun != nil:
		return t.done(audit.Outcome{Before: audit.StateOf(r.Before), After: audit.StateOf(r.After), Digest: r.Digest})
	case err != nil:
		e := t.entry(edit.Result{})
		e.Error = err.Error()
		t.record.refused(e)
	default: // the file says so already
		e := t.entry(r)
		e.Result = audit.ResultDone
		t.record.observe(e)
	}
	return nil
}

func (t *attempt) done(o audit.Outcome) error {
	change := *t.begun
	t.begun = nil
	return change.Done(o)
}

func (t *attempt) entry(r edit.Result) audit.Entry {
	by := t.order.By
	e := audit.Entry{
		Actor: &by, Action: t.action, Key: t.key, Reason: t.order.Reason,
		Before: audit.StateOf(r.Before), After: audit.StateOf(r.After),
	}
	if r.Read != (session.Digest{}) {
		e.ETag = r.Read.String()
	}
	for _, s := range []*session.Session{r.Before, r.After} {
		if s != nil {
			e.Device = s.Details().Device.Description
		}
	}
	return e
}

// answer has a pass look at the file, and says what it came to.
func (a *Admin) answer(ctx context.Context, o Order, r edit.Result, hints []api.Hint, deleted bool) Answer {
	answer := Answer{Result: r, Hints: hints}
	if o.DryRun {
		answer.InMemory = a.inMemory(r.Key)
		return answer
	}
	report, err := a.cfg.Passes.Edited(ctx, r.Key, deleted)
	a.complete(&answer, &report, err)
	if !deleted && answer.InMemory == nil && err == nil && !rejects(&report, r.Key) {
		answer.Hints = append(answer.Hints, hint(api.HintNotInMemory, "the session is not in memory: open it, or run with --admit follow"))
	}
	return answer
}

// complete adds what a pass came to.
func (a *Admin) complete(answer *Answer, report *session.Report, err error) {
	answer.Pass, answer.InMemory = report.Pass, a.inMemory(answer.Key)
	if err != nil {
		answer.Hints = append(answer.Hints, hint(api.HintNotLookedAt, "the file was changed, and no pass has looked at it yet: %v", err))
		return
	}
	for i := range report.Errors {
		if report.Errors[i].Session == answer.Key && report.Errors[i].Rejects() {
			answer.Hints = append(answer.Hints, hint(api.HintRejected, "the file is rejected now: %s", report.Errors[i]))
		}
	}
	settled := true
	for _, u := range report.Unsettled {
		if u.Session == answer.Key || u.Session == answer.Key.Folder() || u.Session.IsRoot() {
			settled = false
			answer.Hints = append(answer.Hints, hint(api.HintUnsettled, "the file cannot be judged now, it is %s", u.Reason))
		}
	}
	if settled {
		a.record.looked(answer.Key)
	}
}

func hint(code api.HintCode, format string, args ...any) api.Hint {
	return api.Hint{Code: code, Text: fmt.Sprintf(format, args...)}
}

func rejects(report *session.Report, key session.Key) bool {
	for i := range report.Errors {
		if report.Errors[i].Session == key {
			return true
		}
	}
	return false
}

func (a *Admin) inMemory(key session.Key) *session.Loaded {
	loaded, ok := a.cfg.Store.View().Get(key)
	if !ok {
		return nil
	}
	return &loaded
}

// Refused records that somebody was not allowed to do something.
func (a *Admin) Refused(by audit.Actor, action audit.Action, key session.Key, why error) {
	a.record.refused(audit.Entry{Actor: &by, Action: action, Key: key, Error: why.Error()})
	a.cfg.Made(action, audit.ResultRefused)
}

// Opened records that somebody had a session opened, or several where the key is none.
func (a *Admin) Opened(by audit.Actor, key session.Key) {
	a.record.observe(audit.Entry{Actor: &by, Action: audit.ActionOpen, Key: key, Result: audit.ResultDone})
}

package admin

import (
	"context"
	"fmt"
	"sync"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// many are the files of one order, however many they are. What was edited together is
// recorded together, and one pass looks at it while the next files are edited.
type many struct {
	*attempts

	ctx     context.Context //nolint:containedctx // of one call
	deletes bool
	was     map[session.Key]bool // the sessions that were in memory
	passes  sync.WaitGroup

	telling sync.Mutex
	tellIt  func([]Ended)
}

func (a *Admin) newMany(ctx context.Context, o Order, action audit.Action, tell func([]Ended)) *many {
	return &many{attempts: a.newAttempts(o, action), ctx: ctx, deletes: action == audit.ActionDelete, tellIt: tell}
}

// perform makes the edits, and tells of all of them.
func (m *many) perform(items []edit.Item, do func([]edit.Item, edit.Options, func([]edit.Outcome))) {
	var good []edit.Item
	var bad []edit.Outcome
	m.was = make(map[session.Key]bool)
	for _, item := range items {
		if err := m.canBeJudged(item.Key); err != nil {
			bad = append(bad, edit.Outcome{Result: edit.Result{Key: item.Key}, Err: err})
			continue
		}
		good = append(good, item)
		if m.inMemory(item.Key) != nil {
			m.was[item.Key] = true
		}
	}
	if len(bad) > 0 {
		m.over(bad)
	}
	if len(good) > 0 {
		do(good, edit.Options{DryRun: m.order.DryRun, NoTrash: m.order.NoTrash, Intent: m.intend}, m.over)
	}
	m.passes.Wait()
}

// over takes how some edits ended.
func (m *many) over(over []edit.Outcome) {
	for i := range over {
		over[i].Err = m.explain(over[i].Key, over[i].Err)
	}
	if m.order.DryRun {
		ended := make([]Ended, len(over))
		for i, o := range over {
			ended[i] = Ended{Answer{Result: o.Result, InMemory: m.inMemory(o.Key), Hints: m.trashHints(o.Err)}, o.Err}
		}
		m.tellOf(ended)
		return
	}
	var made []edit.Outcome
	var failed []Ended
	var away, back []session.Key // files that were taken away, and those of them that went back
	for _, o := range over {
		if m.deletes && m.isBegun(o.Key) {
			away = append(away, o.Key)
			if o.Err != nil {
				back = append(back, o.Key)
			}
		}
		if o.Err == nil {
			made = append(made, o)
		} else {
			failed = append(failed, Ended{Answer{Result: o.Result}, o.Err})
		}
	}
	hints := m.end(over)
	m.passes.Go(func() {
		defer m.cfg.Passes.EndDeletion(away...)
		m.lookAgain(back)
		if len(failed) > 0 {
			m.tellOf(failed)
		}
		if len(made) > 0 {
			m.tellOf(m.look(made, hints))
		}
	})
}

// intend is that of attempts, and says that files are about to be deleted.
func (m *many) intend(about []edit.Result) error {
	var files []session.Key
	for _, r := range about {
		if m.deletes && !m.isBegun(r.Key) {
			files = append(files, r.Key)
		}
	}
	if err := m.attempts.intend(about); err != nil {
		return err
	}
	m.cfg.Passes.BeginDeletion(files...)
	return nil
}

func (m *many) tellOf(ended []Ended) {
	m.telling.Lock()
	defer m.telling.Unlock()
	m.tellIt(ended)
}

// lookAgain has a pass look at files that were not deleted after all.
func (m *many) lookAgain(back []session.Key) {
	if len(back) > 0 {
		_, _ = m.cfg.Passes.Edited(context.WithoutCancel(m.ctx), false, back...) // the next pass does, where this one cannot
	}
}

// look has a pass look at files that were changed, and says what it came to.
func (m *many) look(made []edit.Outcome, hints []api.Hint) []Ended {
	keys := make([]session.Key, len(made))
	for i, o := range made {
		keys[i] = o.Key
	}
	report, err := m.cfg.Passes.Edited(m.ctx, m.deletes, keys...)
	m.tellUnloaded(made)
	ended := make([]Ended, len(made))
	for i, o := range made {
		answer := Answer{Result: o.Result, Hints: append(m.trashHints(nil), hints...)}
		m.complete(&answer, &report, err)
		switch {
		case m.deletes:
			m.watchFor(o.Key, &answer)
		case answer.InMemory == nil && err == nil && !rejects(&report, o.Key):
			answer.Hints = append(answer.Hints, hint(api.HintNotInMemory, "the session is not in memory: open it, or run with --admit follow"))
		}
		ended[i] = Ended{Answer: answer}
	}
	return ended
}

// tellUnloaded tells of the files whose sessions were not in memory.
func (m *many) tellUnloaded(made []edit.Outcome) {
	changed, deleted := 0, 0
	for _, o := range made {
		switch {
		case m.was[o.Key] || !o.Changed:
		case m.deletes:
			deleted++
		default:
			changed++
		}
	}
	if changed+deleted > 0 {
		m.cfg.Unloaded(changed, deleted)
	}
}

// trashHints says of a deletion that the file is gone for good.
func (m *many) trashHints(failed error) []api.Hint {
	if !m.deletes || failed != nil || m.trash.isKept() || m.order.NoTrash {
		return nil
	}
	return []api.Hint{hint(api.HintTrashOff, "the trash is off (trash-keep): a deleted file is gone for good")}
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

package admin

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// attempts are the edits of one order as the audit and the log see them.
type attempts struct {
	*Admin

	order  Order
	action audit.Action
	// begun are those of which something was about to be done, and which have not ended.
	begun map[session.Key]begun
}

type begun struct {
	change audit.Change
	intent edit.Result
}

func (a *Admin) newAttempts(o Order, action audit.Action) *attempts {
	return &attempts{Admin: a, order: o, action: action, begun: make(map[session.Key]begun)}
}

// errOvertaken is why an edit was begun again.
var errOvertaken = errors.New("another program wrote to the file; it is done again on what that wrote")

// intend records what is about to be done, with one sync for all of it. It is called again
// where others changed files meanwhile.
func (t *attempts) intend(about []edit.Result) error {
	var again []audit.Ended
	entries := make([]audit.Entry, len(about))
	for i, r := range about {
		entries[i] = t.entry(r)
		if b, ok := t.begun[r.Key]; ok {
			again = append(again, audit.Ended{Change: b.change, Outcome: audit.Outcome{Err: errOvertaken}})
			delete(t.begun, r.Key)
		}
	}
	_ = t.record.end(again) // what follows fails for the same reason
	changes, err := t.record.begin(entries...)
	if err != nil {
		return err
	}
	for i, r := range about {
		t.begun[r.Key] = begun{changes[i], r}
	}
	return nil
}

// isBegun reports whether something was about to be done to a file.
func (t *attempts) isBegun(key session.Key) bool {
	_, ok := t.begun[key]
	return ok
}

// end records how edits ended, counts them and tells the log. The hints say of those that were
// made what could not be recorded.
func (t *attempts) end(over []edit.Outcome) []api.Hint {
	var ended []audit.Ended
	for _, o := range over {
		switch b, ok := t.begun[o.Key]; {
		case ok && o.Err != nil:
			ended = append(ended, audit.Ended{Change: b.change, Outcome: audit.Outcome{Err: o.Err, Before: audit.StateOf(b.intent.Before)}})
		case ok:
			ended = append(ended, audit.Ended{Change: b.change, Outcome: audit.Outcome{
				Before: audit.StateOf(o.Before), After: audit.StateOf(o.After), Digest: o.Digest,
			}})
		case o.Err != nil:
			e := t.entry(edit.Result{Key: o.Key})
			e.Error = o.Err.Error()
			t.record.refused(e)
		default: // the file says so already
			e := t.entry(o.Result)
			e.Result = audit.ResultDone
			t.record.observe(e)
		}
	}
	lost := t.record.end(ended)
	t.told(over)
	for _, o := range over {
		delete(t.begun, o.Key)
	}
	if lost == nil {
		return nil
	}
	t.cfg.Log.Warn("the result of a change was not recorded", zap.Int("changes", len(ended)), zap.Error(lost))
	return []api.Hint{hint(api.HintAuditFails, "the change was made, but that could not be recorded: see the log")}
}

func (t *attempts) entry(r edit.Result) audit.Entry {
	by := t.order.By
	e := audit.Entry{
		Actor: &by, Action: t.action, Key: r.Key, Reason: t.order.Reason,
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

// failureLines is how many edits that failed have lines of their own in the log, of those that
// ended together.
const failureLines = 10

// told counts what was done, and tells the log.
func (t *attempts) told(over []edit.Outcome) {
	failed, more := 0, 0
	var last error
	for _, o := range over {
		if o.Err == nil {
			t.cfg.Made(t.action, audit.ResultDone)
			t.tell(o)
			continue
		}
		t.cfg.Made(t.action, audit.ResultFailed)
		notBegun := len(over) > 1 && isOver(o.Err) && !t.isBegun(o.Key)
		if notBegun || failed == failureLines {
			more, last = more+1, o.Err
			continue
		}
		failed++
		t.tell(o)
	}
	if more > 0 {
		t.cfg.Log.Warn("more changes were not made", zap.String("action", string(t.action)), zap.Int("changes", more), zap.Error(last))
	}
}

// isOver reports whether an edit was not made because no time was left.
func isOver(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (t *attempts) tell(o edit.Outcome) {
	fields := []zap.Field{zap.String("action", string(t.action)), zap.String("session", o.Key.Short())}
	switch by := t.order.By; {
	case by.UID != nil:
		fields = append(fields, zap.Uint32("uid", *by.UID))
	case by.User != "": // on Windows
		fields = append(fields, zap.String("user", by.User))
	}
	if o.Trash != "" {
		fields = append(fields, zap.String("trash", o.Trash))
	}
	if t.order.Reason != "" {
		fields = append(fields, zap.String("reason", t.order.Reason))
	}
	if o.Err != nil {
		t.cfg.Log.Warn("a change was not made", append(fields, zap.Error(o.Err))...)
		return
	}
	t.cfg.Log.Info("changed", append(fields, zap.Bool("changed", o.Changed))...)
}

package notify

import (
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/api"
)

// Status says whether the server follows.
func (n *Notifier) Status() *api.Notify {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	untold := s.sending.and(s.pending)
	status := &api.Notify{
		URL: n.shown, State: api.NotifyFollowing,
		Since: untold.since, Updated: untold.updated, Removed: untold.removed,
		LastSuccess: s.succeeded, Revision: s.told.Revision,
		Errors: slices.Clone(s.answer.errors), ErrorsTotal: s.answer.total, Answer: s.answer.fault,
	}
	if untold.none() {
		return status
	}
	status.State = api.NotifyWaiting
	if s.failures > 0 {
		status.State, status.Reason = api.NotifyFailing, s.fault
	}
	switch {
	case s.block.is():
		status.Reason = s.block.String()
	case s.failures > 0:
	case !s.sending.none():
		status.Reason = "the server is being told"
	default:
		status.Reason = fmt.Sprintf("the server is told at most every %s", n.cfg.Interval)
	}
	return status
}

// Pending reports whether the server has not been told of something.
func (n *Notifier) Pending() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.state.sending.none() || !n.state.pending.none()
}

// LastSuccess returns when the server last answered with success; zero for never.
func (n *Notifier) LastSuccess() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state.succeeded
}

// longWait is how long something may keep a server from being told before that is odd.
const longWait = time.Minute

// Hints says what is odd, and what to do about it.
func (n *Notifier) Hints() []api.Hint {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &n.state
	var hints []api.Hint
	add := func(code api.HintCode, format string, args ...any) {
		hints = append(hints, api.Hint{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	untold := s.sending.and(s.pending)
	switch {
	case untold.none():
	case s.block.is():
		if time.Since(untold.since) > longWait {
			add(api.HintNotifyWaits, "the 4D server does not follow since %s, and is not told while %s: its command would log these users out at once; to have it follow all the same, call MOBILE APP REFRESH SESSIONS there",
				moment(untold.since), s.block)
		}
	case s.failures > 0:
		add(api.HintNotifyFails, "the 4D server does not follow since %s: %s", moment(untold.since), s.fault)
	}
	switch {
	case s.differs != "":
		add(api.HintNotifyDiffers, "%s, by its answer of %s: it judges these files otherwise, or reads another folder", s.differs, moment(s.succeeded))
	case s.answer.fault != "":
		add(api.HintNotifyDiffers, "what the 4D server answered at %s was not understood: %s", moment(s.succeeded), s.answer.fault)
	}
	return hints
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// logFailure tells of a failure that is new.
func (n *Notifier) logFailure(failures int, before, now string) {
	level := zap.DebugLevel
	if failures == 1 || before != now {
		level = zap.WarnLevel
	}
	n.cfg.Log.Log(level, "the 4D server does not follow; it is told again soon", zap.Int("failures", failures), zap.String("error", now))
}

// logSuccess tells that the server follows, and what it said, where that is new.
func (n *Notifier) logSuccess(sent *changes, failures int, before, now *answer) {
	n.cfg.Log.Info("the 4D server follows",
		zap.String("trigger", string(sent.trigger)), zap.Int("updated", sent.updated), zap.Int("removed", sent.removed), zap.Int("failures", failures))
	if now.fault != "" && now.fault != before.fault {
		n.cfg.Log.Warn("what the 4D server answered was not understood: " + now.fault)
	}
	if now.total == before.total && slices.Equal(now.errors, before.errors) {
		return
	}
	n.cfg.Log.Info("4D reports other errors than before", zap.Int("errors", now.total))
	for _, e := range now.errors {
		n.cfg.Log.Warn("4D reports an error", zap.Int("errCode", e.ErrCode), zap.String("componentSignature", e.ComponentSignature), zap.String("said", e.Message))
	}
}

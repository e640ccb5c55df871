package passes

import (
	"context"
	"slices"
	"sync"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// unanswered is an answer that is waited for.
type unanswered struct {
	answer *refresh.Answer
	waiter *waiter
	limit  time.Duration // on the clock's monotonic time: when to answer in any case
}

// Run makes the first load and then whatever is asked for, until ctx ends; then
// nobody is answered any more but by the pass that runs, for whose end Run waits. It
// alone touches the memory and writes to the store, so passes never overlap and there
// is nothing to lock.
func (l *Loop) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, l.queue.close)()
	defer l.stop()
	l.pass(refresh.Request{Trigger: session.TriggerStartup, Full: true}, time.Time{})
	l.finish(false)
	close(l.ready)

	resync := make(<-chan time.Time)
	if l.cfg.Resync > 0 {
		ticker := time.NewTicker(l.cfg.Resync)
		defer ticker.Stop()
		resync = ticker.C
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(l.untilNext())
		select {
		case <-ctx.Done():
			return
		case <-resync:
			l.queue.full(session.TriggerResync, time.Time{})
		case l.heartbeat <- struct{}{}:
			continue
		case <-l.queue.wake:
		case <-timer.C:
		}
		l.next()
	}
}

// next does what is due. What nobody asked for waits until the pause after the pass
// before is over.
func (l *Loop) next() {
	now := l.cfg.Clock()
	if l.pace.left(now.Mono) > 0 && !l.queue.isAsked() {
		l.answer()
		return
	}
	due := l.cfg.Memory.Due(now)
	l.do(l.queue.take(len(due) > 0), due)
}

// idle is how long the loop sleeps when nothing is due.
const idle = time.Hour

// untilNext returns how long to sleep: until the next look at something
// unsettled, the end of the pause if anything waits for it, or the limit of an
// answer.
func (l *Loop) untilNext() time.Duration {
	now := l.cfg.Clock()
	sleep, found := l.cfg.Memory.NextLook(now)
	switch {
	case l.queue.isPending():
		sleep = 0
	case !found:
		sleep = idle
	}
	sleep = max(sleep, l.pace.left(now.Mono))
	for _, u := range l.waiting {
		sleep = min(sleep, u.limit-now.Mono)
	}
	return max(sleep, 0)
}

// do does what was asked for, and the looks that are due.
func (l *Loop) do(b pendingWork, due []session.Key) {
	begin := l.cfg.Clock().Mono
	keys := b.keys.keys()
	switch {
	case b.full != "":
		r := l.pass(refresh.Request{
			Trigger: b.full, Full: true, TakeRoot: b.takeRoot,
			Braked: b.full == session.TriggerSocket && !b.asked,
		}, b.since)
		if w := b.waiters[request{what: refreshAll}]; w != nil {
			l.await(r, w)
		}
	case len(keys) > 0:
		l.pass(refresh.Request{Trigger: b.keysTrigger, Keys: append(keys, due...)}, b.since)
	case len(due) > 0:
		l.pass(refresh.Request{Trigger: session.TriggerRetry, Keys: due}, time.Time{})
	}
	if !b.isAsked() {
		l.pace.took(begin, l.cfg.Clock().Mono)
	}
	delete(b.waiters, request{what: refreshAll})
	l.edited(b)
	l.look(b)
	l.open(b)
	l.finish(b.hangup)
}

// edited runs one pass over all files that the daemon has changed itself. Each request is
// answered about its own.
func (l *Loop) edited(b pendingWork) {
	req := refresh.Request{Trigger: session.TriggerEdit}
	for r := range b.waiters {
		switch r.what {
		case lookAtDeleted:
			req.Deleted = append(req.Deleted, *r.files...)
			req.Keys = append(req.Keys, *r.files...)
		case lookAtEdited:
			req.Keys = append(req.Keys, *r.files...)
		case openFile, openAll, openRemoved, refreshAll, lookAtFile:
		}
	}
	if len(req.Keys) == 0 {
		return
	}
	parts := l.cfg.Memory.Parts(l.pass(req, time.Time{}))
	for r, w := range b.waiters {
		if r.what == lookAtEdited || r.what == lookAtDeleted {
			l.await(parts.Of(*r.files...), w)
			delete(b.waiters, r)
		}
	}
}

// open runs one pass over all that was asked to be opened. Each request is answered
// about what it asked for.
func (l *Loop) open(b pendingWork) {
	if len(b.waiters) == 0 {
		return
	}
	req := refresh.Request{Trigger: session.TriggerOpen, Admit: true, RemovedSince: b.removedSince}
	for r := range b.waiters {
		switch r.what {
		case openFile:
			req.Keys = append(req.Keys, r.file)
		case openAll:
			req.Full = true
		case openRemoved, refreshAll, lookAtFile, lookAtEdited, lookAtDeleted:
		}
	}
	result := l.pass(req, time.Time{})
	// Only where it is needed: after everything was opened there may be a million parts.
	parts := sync.OnceValue(func() *refresh.Parts { return l.cfg.Memory.Parts(result) })
	for r, w := range b.waiters {
		switch r.what {
		case openFile:
			l.await(parts().Of(r.file), w)
		case openRemoved:
			l.await(parts().OfRemoved(), w)
		case openAll, refreshAll, lookAtFile, lookAtEdited, lookAtDeleted:
			l.await(result, w)
		}
	}
}

// pass runs one pass and makes its outcome visible. The first of the file events
// that it answers came at since; zero for none.
func (l *Loop) pass(req refresh.Request, since time.Time) refresh.Result {
	m := l.cfg.Memory
	r := m.Pass(req)
	l.state.Store(&State{Root: m.RootState(), Held: m.Held(), Slow: m.SlowToSettle(), Linked: m.OnlyLinks(), Origin: m.Origin(), Admitting: m.Admitting()})
	before := l.cfg.Store.View()
	l.cfg.Store.Apply(r.Outcome)
	l.cfg.Applied(Pass{Outcome: r.Outcome, Before: before, After: l.cfg.Store.View(), Since: since, Applied: time.Now()})
	for _, u := range l.waiting {
		u.answer.Add(r)
	}
	return r
}

// await answers those who waited for a pass, now or once what was in motion has
// settled.
func (l *Loop) await(r refresh.Result, w *waiter) {
	l.waiting = append(l.waiting, &unanswered{
		answer: refresh.NewAnswer(r),
		waiter: w,
		limit:  l.cfg.Clock().Mono + refresh.AnswerLimit,
	})
}

// finish ends a round, and answers.
func (l *Loop) finish(hangup bool) {
	l.cfg.Finished(hangup)
	// An answer must not come before the daemon counts as at rest: who asks for
	// the status next would be told otherwise.
	l.queue.done(l.cfg.Memory.InMotion() || l.cfg.Memory.Held() > 0)
	l.answer()
}

// answer answers who need not wait any longer.
func (l *Loop) answer() {
	now, before := l.cfg.Clock().Mono, len(l.waiting)
	l.waiting = slices.DeleteFunc(l.waiting, func(u *unanswered) bool {
		if u.answer.Waiting() && now < u.limit {
			return false
		}
		u.waiter.answer(u.answer.Report())
		return true
	})
	l.queue.answered(before - len(l.waiting))
}

// stop ends the loop: nobody is answered any more.
func (l *Loop) stop() {
	l.queue.close()
	for _, u := range l.waiting {
		u.waiter.dismiss(ErrStopping)
	}
}

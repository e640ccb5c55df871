package daemon

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/metrics"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// loop runs the passes: it alone touches the memory and writes to the store, so
// passes never overlap and there is nothing to lock.
type loop struct {
	queue  *queue
	memory *refresh.Memory
	clock  refresh.Clock
	store  *store.Store
	log    *zap.Logger
	resync time.Duration // 0: never

	// observe is told of each pass once its outcome is visible.
	observe func(metrics.Pass)
	// finished is called after each round, before anybody is answered;
	// hangup says that the round did what a SIGHUP asked for.
	finished func(hangup bool)

	ready     chan struct{} // closed after the first pass
	heartbeat chan struct{} // gives a value to whoever waits, while there is nothing to do
	pace      pace
	waiting   []*group
	root      string
	// rootState is what the last pass found the tree to be without: a
	// refresh.RootState, for status.
	rootState atomic.Int32
	// held is how many removals the last pass held back because they are many.
	held int
	// slow is where files settle slowly: a refresh.SlowFileSystem, for status.
	slow atomic.Value
}

// group is who waits for one answer.
type group struct {
	answer  *refresh.Answer
	waiters []*waiter
	limit   time.Duration // on the clock's monotonic time: when to answer in any case
}

// run makes the first load and then whatever is asked for, until ctx ends.
func (l *loop) run(ctx context.Context) {
	defer l.stop()
	l.pass(refresh.Request{Trigger: session.TriggerStartup, Full: true}, time.Time{})
	l.finish(false)
	close(l.ready)
	go endLoad() // nobody waits for the collection

	resync := make(<-chan time.Time)
	if l.resync > 0 {
		ticker := time.NewTicker(l.resync)
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
			l.queue.full(session.TriggerResync)
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
func (l *loop) next() {
	now := l.clock()
	if l.pace.left(now.Mono) > 0 && !l.queue.isAsked() {
		l.answer()
		return
	}
	due := l.memory.Due(now)
	l.do(l.queue.take(len(due) > 0), due)
}

// idle is how long the loop sleeps when nothing is due.
const idle = time.Hour

// untilNext returns how long to sleep: until the next look at something
// unsettled, the end of the pause if anything waits for it, or the limit of an
// answer.
func (l *loop) untilNext() time.Duration {
	now := l.clock()
	sleep, found := l.memory.NextLook(now)
	switch {
	case l.queue.isPending():
		sleep = 0
	case !found:
		sleep = idle
	}
	sleep = max(sleep, l.pace.left(now.Mono))
	for _, g := range l.waiting {
		sleep = min(sleep, g.limit-now.Mono)
	}
	return max(sleep, 0)
}

// do does what was asked for, and the looks that are due.
func (l *loop) do(b pendingWork, due []session.Key) {
	begin := l.clock().Mono
	keys := b.keys.keys()
	switch {
	case b.full != "":
		r := l.pass(refresh.Request{Trigger: b.full, Full: true, TakeRoot: b.takeRoot}, b.since)
		l.await(r, b.refreshes)
	case len(keys) > 0:
		l.pass(refresh.Request{Trigger: b.keysTrigger, Keys: append(keys, due...)}, b.since)
	case len(due) > 0:
		l.pass(refresh.Request{Trigger: session.TriggerRetry, Keys: due}, time.Time{})
	}
	if !b.isAsked() {
		l.pace.took(begin, l.clock().Mono)
	}
	for what, waiters := range b.opens {
		l.await(l.pass(what.request(), time.Time{}), waiters)
	}
	l.finish(b.hangup)
}

// pass runs one pass and makes its outcome visible. The first of the file events
// that it answers came at since; zero for none.
func (l *loop) pass(req refresh.Request, since time.Time) refresh.Result {
	r := l.memory.Pass(req)
	l.noticeRootState()
	l.noticeHeld()
	l.slow.Store(l.memory.SlowToSettle())
	before := l.store.View()
	l.store.Apply(r.Outcome)
	l.observe(metrics.Pass{Outcome: r.Outcome, Before: before, After: l.store.View(), Since: since, Applied: time.Now()})
	logOutcome(l.log, before, r.Outcome)
	for _, g := range l.waiting {
		g.answer.Add(r)
	}
	return r
}

// noticeRootState says once what the tree is without, and once that it is there.
func (l *loop) noticeRootState() {
	state := l.memory.RootState()
	if refresh.RootState(l.rootState.Swap(int32(state))) == state {
		return
	}
	if text := rootStateText(state, l.root); text != "" {
		l.log.Warn(text)
	} else {
		l.log.Info("the root folder is there, with app folders", zap.String("root", l.root))
	}
}

// noticeHeld says once that sessions are kept because the files of many are gone,
// and once that none are any more.
func (l *loop) noticeHeld() {
	before := l.held
	l.held = l.memory.Held()
	switch {
	case before == 0 && l.held > 0:
		l.log.Warn("the files of many sessions are gone or invalid at once: the sessions are kept for now", zap.Int("sessions", l.held))
	case before > 0 && l.held == 0:
		l.log.Info("no session is kept any more because the files of many were gone")
	}
}

// rootStateText says what a tree is without, and what follows; empty for nothing.
func rootStateText(state refresh.RootState, root string) string {
	switch state {
	case refresh.RootMissing:
		return fmt.Sprintf("the root folder %q is not there: no session can be loaded until it is", root)
	case refresh.RootWithoutApps:
		return fmt.Sprintf("the root folder %q holds no app folder (TEAM.APPLICATION, or APPLICATION with a dot in it): is it the MobileApps folder itself?", root)
	case refresh.RootFound:
	}
	return ""
}

// await answers those who waited for a pass, now or once what was in motion has
// settled.
func (l *loop) await(r refresh.Result, waiters []*waiter) {
	if len(waiters) == 0 {
		return
	}
	l.waiting = append(l.waiting, &group{
		answer:  refresh.NewAnswer(r),
		waiters: waiters,
		limit:   l.clock().Mono + refresh.AnswerLimit,
	})
}

// finish ends a round, and answers.
func (l *loop) finish(hangup bool) {
	l.finished(hangup)
	// An answer must not come before the daemon counts as at rest: who asks for
	// the status next would be told otherwise.
	l.queue.done(l.memory.InMotion() || l.memory.Held() > 0)
	l.answer()
}

// answer answers who need not wait any longer.
func (l *loop) answer() {
	now := l.clock().Mono
	l.waiting = slices.DeleteFunc(l.waiting, func(g *group) bool {
		if g.answer.Waiting() && now < g.limit {
			return false
		}
		for _, w := range g.waiters {
			w.answered <- g.answer.Report()
		}
		return true
	})
}

// stop ends the loop: nobody is answered any more.
func (l *loop) stop() {
	l.queue.close()
	for _, g := range l.waiting {
		for _, w := range g.waiters {
			close(w.answered)
		}
	}
}

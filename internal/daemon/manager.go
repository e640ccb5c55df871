package daemon

import (
	"context"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
	"go.uber.org/zap"

	"sessiond/internal/logging"
	"sessiond/internal/watcher"
)

// statusPause is how long the service manager is left alone after it was told how
// the daemon is: changes come in storms.
const statusPause = time.Second

// tellManager tells the service manager when the daemon is ready and when it
// stops, and in between how it is. What a follower waits for comes from another machine,
// so that whoever starts this one does not wait for that.
func (f *front) tellManager(ctx context.Context) {
	var publishing sync.WaitGroup
	if f.remote {
		f.tell(f.manager.Ready())
		publishing.Go(func() { f.publishStatus(ctx) })
	} else {
		f.tell(f.manager.Status("loading the sessions"))
	}
	select {
	case <-f.ready:
		go endLoad(len(f.checked) > 0) // nobody waits for the collection
		f.log.Named(logging.Lifecycle).Info("ready", zap.Int("sessions", f.store.View().Len()))
		if !f.remote {
			f.tell(f.manager.Ready())
			f.publishStatus(ctx)
		}
	case <-ctx.Done():
	}
	publishing.Wait()
	f.tell(f.manager.Stopping())
}

// publishStatus tells the service manager how the daemon is whenever that has changed,
// until ctx ends.
func (f *front) publishStatus(ctx context.Context) {
	if !f.manager.Asked() {
		<-ctx.Done()
		return
	}
	for told := ""; ; {
		if text := f.summary(); text != told {
			f.tell(f.manager.Status(text))
			told = text
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(statusPause):
		}
		select {
		case <-ctx.Done():
			return
		case <-f.changed:
		}
	}
}

// describe says in a line how the daemon is.
func (d *Daemon) describe() string {
	view := d.store.View()
	text := english.Plural(view.Len(), "session", "")
	if rejected := view.Totals().Rejected; rejected > 0 {
		text += ", " + humanize.Comma(int64(rejected)) + " rejected"
	}
	if unsettled := view.CountUnsettled().Total(); unsettled > 0 {
		text += ", " + humanize.Comma(int64(unsettled)) + " unsettled"
	}
	switch watch := d.watcher.State(); watch.Mode {
	case watcher.Events:
		text += ", watching " + english.Plural(watch.Watches, "folder", "")
	case watcher.Poll:
		text += ", looking every " + d.settings.Poll.String()
	}
	return text
}

// Times of the first load's calls for more time. A call holds much longer than it
// is to the next, so that a busy machine misses none.
const (
	extendEvery = time.Second
	extendBy    = time.Minute
)

// keepAlive tells the service manager, until ctx ends, that the loop gets on: it
// asks for more time during the first load, and feeds the watchdog afterwards. A
// loop that is stuck does neither and is started again.
func (f *front) keepAlive(ctx context.Context) {
	if f.manager.Asked() && !f.remote {
		f.watchLiveness(ctx, extendEvery, f.ready, func() { f.tell(f.manager.Extend(extendBy)) })
	}
	if interval := f.manager.WatchdogInterval(); interval > 0 {
		f.watchLiveness(ctx, interval/4, nil, func() { f.tell(f.manager.Watchdog()) })
	}
}

// watchLiveness calls tell each time that the loop, after a pause, has made a step
// of a pass, or else waits for something to do; until the end, or until ctx ends.
func (f *front) watchLiveness(ctx context.Context, pause time.Duration, end <-chan struct{}, tell func()) {
	for made := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-time.After(pause):
		}
		if now := f.steps(); now != made {
			made = now
			tell()
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-time.After(pause):
		case <-f.heartbeat:
			tell()
		}
	}
}

// tell takes the result of telling the service manager something. The daemon
// does its work also where nobody is told.
func (f *front) tell(err error) {
	if err != nil {
		f.log.Warn("the service manager was not told", zap.Error(err))
	}
}

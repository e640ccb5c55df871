package daemon

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"sessiond/internal/access"
	"sessiond/internal/admin"
	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/logging"
	"sessiond/internal/metrics"
	"sessiond/internal/mobileapps"
	"sessiond/internal/notify"
	"sessiond/internal/passes"
	"sessiond/internal/refresh"
	"sessiond/internal/replica/jetstream"
	"sessiond/internal/store"
	"sessiond/internal/validate"
	"sessiond/internal/watcher"
)

// Options are what a daemon is made from.
type Options struct {
	Settings config.Settings
	Version  string
	Log      *zap.Logger
	// LostLines returns how many lines of the log were lost so far.
	LostLines func() uint64
	// Reload has a value when the service manager asks for what SIGHUP does; nil for never.
	Reload <-chan struct{}
}

// Daemon is sessiond at work: one MobileApps folder, its sessions in memory, and
// the socket.
type Daemon struct {
	front

	passes  *passes.Loop
	watcher *watcher.Watcher
	// reload keeps what the service manager is told of reloads in order.
	reload sync.Mutex
	// pinned is where a part of the root's file system is mounted over itself.
	pinned string

	// state is what the log was told of the last pass: the loop's goroutine has it.
	state    passes.State
	outcomes *outcomeLog
	admin    *admin.Admin
	notify   *notify.Notifier // nil where no 4D server follows
	// publication is what followers have the sessions from; nil where nothing is published.
	publication *publication
}

// New does all that can fail before anything runs: it checks the settings,
// compiles the schema and takes the socket. Whoever gets a daemon must run it,
// which also gives the socket back.
//
// From here on, SIGHUP and SIGPIPE do not end the process any more: one may come as
// soon as somebody knows of the daemon, which is before it runs.
func New(opts Options) (*Daemon, error) {
	outliveReaders()
	hangup := hangups()
	if err := opts.Settings.RequireRoot(); err != nil {
		return nil, err
	}
	if err := checkPlaces(opts.Settings, placesOf(opts.Settings, os.Geteuid(), os.Getenv)); err != nil {
		return nil, err
	}
	judge, err := validate.New()
	if err != nil {
		return nil, fmt.Errorf("cannot prepare the schema: %w", err)
	}
	policy, err := newPolicy(opts.Settings)
	if err != nil {
		return nil, err
	}
	if err := makeUsualFolder(opts.Settings); err != nil {
		return nil, err
	}
	engine, err := dialEngine(opts.Settings, opts.Settings.Publish, jetstream.NewAuthority)
	if err != nil {
		return nil, err
	}
	taken, err := takeListeners(opts.Settings, opts.Log)
	if err != nil {
		engine.close()
		return nil, err
	}
	tree := mobileapps.NewBounded(mobileapps.NewDisk(opts.Settings.Root, opts.Settings.MaxFileSize), 0)
	d := assemble(opts, policy, tree, judge, refresh.SystemClock())
	d.steps = tree.Steps
	d.pinned = pinnedMount(opts.Settings.Root)
	d.listeners, d.hangup = taken, hangup
	d.publication = d.newPublication(engine)
	return d, nil
}

// assemble joins the packages over a tree.
func assemble(opts Options, policy access.Policy, tree mobileapps.Tree, judge refresh.Judge, clock refresh.Clock) *Daemon {
	s := opts.Settings
	startedAt := time.Now().UTC()
	d := &Daemon{front: newFront(opts, store.New(startedAt), startedAt), outcomes: newOutcomeLog(opts.Log)}
	d.watcher = watcher.New(watcher.Config{
		Root:        s.Root,
		Mode:        watcher.Mode(s.Watch),
		Debounce:    s.Debounce,
		DebounceMax: s.DebounceMax,
		Poll:        s.Poll,
		Interest:    interest,
		Log:         opts.Log,
	}, func(c watcher.Change) { dispatch(d.passes, c) })
	d.passes = passes.New(passes.Config{
		Memory: refresh.New(refresh.Config{
			Tree:       tree,
			Judge:      judge,
			Settle:     s.Settle,
			SettleMany: s.SettleMany,
			Follow:     s.Admit == config.AdmitFollow,
			Workers:    runtime.GOMAXPROCS(0),
			Watches:    d.watcher,
			Clock:      clock,
		}),
		Store:    d.store,
		Clock:    clock,
		Resync:   s.Resync,
		Applied:  d.applied,
		Finished: d.finished,
	})
	d.ready, d.heartbeat = d.passes.Ready(), d.passes.Heartbeat()
	d.complete = func() bool { return !d.passes.State().Admitting }
	d.summary = d.describe
	d.metrics = metrics.New(metrics.Config{
		Version:     opts.Version,
		Resync:      s.Resync,
		Watch:       d.watching,
		Followers:   d.store.Followers,
		Connections: func() int { return d.server.Connections() },
		Looks:       func() int { return d.check.Looks() },

		CheckResults: checkResults(),
		Seen:         d.seenAges,
		Licences:     s.Licences,

		Unfollowed: d.unfollowed,
		Replica:    d.replicaState,
		LostLines:  opts.LostLines,
	})
	d.notify = d.newNotify()
	d.admin = admin.New(d.administration(policy, tree, judge))
	d.control(control.Config{Refresher: refresher{d.passes, d.status}, Writing: d.writing, Administrator: d.admin, Adopt: d.adopt, Editors: d.mayEdit}, policy)
	d.check = d.newCheck()
	return d
}

// watching tells the metrics how changes are noticed.
func (d *Daemon) watching() metrics.Watch {
	now := d.watcher.State()
	return metrics.Watch{
		Mode: string(now.Mode), Degraded: now.Degraded, Watches: now.Watches, Overflows: now.Overflows,
	}
}

// Run runs the daemon until ctx ends, which is a clean stop, or until it cannot
// go on, which is an error.
//
// A panic in a pass is not recovered: the memory could be half changed, and
// nothing is lost by ending, since a restart restores the sessions from their
// files. The service manager starts the daemon again.
func (d *Daemon) Run(ctx context.Context) error {
	defer d.listener.Close()
	lifecycle := d.log.Named(logging.Lifecycle)
	fields := []zap.Field{
		zap.String("version", d.version),
		zap.Int("pid", os.Getpid()),
		zap.String("root", d.settings.Root),
		zap.String("admit", d.settings.Admit),
		zap.String("watch", d.settings.Watch),
		zap.String("socket", d.listener.Addr().String()),
	}
	if p := d.publication; p != nil {
		fields = append(fields, zap.Strings("publish", d.settings.Publish),
			zap.String("name", d.settings.ReplicaName), zap.String("node", p.engine.node))
	}
	lifecycle.Info("starting", fields...)

	if d.pinned != "" {
		d.log.Warn(fmt.Sprintf(pinnedText, d.pinned))
	}

	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return d.watcher.Run(ctx) })
	// Requests that are being answered when the daemon is to stop may still change files.
	changes, noMore := context.WithCancel(context.WithoutCancel(ctx))
	var changing sync.WaitGroup
	changing.Add(2) // for clients, and for followers
	d.serve(ctx, running, changing.Done)
	running.Go(func() error { d.runPublication(ctx, changing.Done); return nil })
	running.Go(func() error { changing.Wait(); noMore(); return nil })
	running.Go(func() error { d.admin.Run(changes); return nil })
	running.Go(func() error { d.runNotify(ctx); return nil })
	running.Go(func() error { d.runPasses(ctx); return nil })
	running.Go(func() error { d.takeHangups(ctx); return nil })
	err := running.Wait()
	d.outcomes.end()
	if err != nil {
		return err
	}
	lifecycle.Info("stopped")
	return nil
}

// stopGrace is how long a pass that runs when the daemon is to stop gets for its
// end.
const stopGrace = time.Second

// runPasses runs the passes until ctx ends. A pass over very many files is not
// waited for: it only reads, and who would see its outcome is gone.
func (d *Daemon) runPasses(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.passes.Run(ctx)
	}()
	<-ctx.Done()
	select {
	case <-done:
	case <-time.After(stopGrace):
		d.log.Info("stopping in the middle of a pass")
	}
}

// applied tells the metrics and the log of a pass.
func (d *Daemon) applied(p passes.Pass) {
	before := d.state
	d.state = d.passes.State()
	logState(d.log, before, d.state, d.settings.Root)
	d.metrics.Observe(metrics.Pass(p))
	d.outcomes.tell(p.Before, &p.Outcome)
	d.admin.Observe(p.Before, &p.Outcome)
	d.observeNotify(&p)
	d.observePublication(&p)
}

// takeHangups turns each SIGHUP, and each request of the service manager, into a full pass.
func (d *Daemon) takeHangups(ctx context.Context) {
	for {
		select {
		case <-d.hangup:
			d.beginReload()
		case <-d.asked:
			d.beginReload()
		case <-ctx.Done():
			return
		}
	}
}

func (d *Daemon) beginReload() {
	d.reload.Lock()
	defer d.reload.Unlock()
	d.tell(d.manager.Reloading())
	d.passes.Hangup()
}

// finished ends what was asked for together. A reload has ended once no SIGHUP waits any
// more: one that came during the pass is answered by the next.
func (d *Daemon) finished(hangup bool) {
	d.watcher.Verify()
	d.reload.Lock()
	defer d.reload.Unlock()
	if hangup && !d.passes.HasHangup() {
		d.tell(d.manager.Ready())
	}
	d.statusChanged()
}

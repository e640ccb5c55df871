package daemon

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"sessiond/internal/access"
	"sessiond/internal/check"
	"sessiond/internal/check/seen"
	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/control/socket"
	"sessiond/internal/metrics"
	"sessiond/internal/service"
	"sessiond/internal/store"
)

// front is what a daemon shows, wherever its sessions come from: its sockets with what
// answers there, and what the service manager is told.
type front struct {
	settings  config.Settings
	version   string
	startedAt time.Time
	log       *zap.Logger
	store     *store.Store
	metrics   *metrics.Metrics

	server *control.Server
	// monitor serves the metrics on monitored, check checks tokens on all of checked. seen
	// keeps when they were accepted.
	monitor     *control.Server
	check       *check.Server
	checkCounts checkCounts
	seen        *seen.Times
	listeners

	manager service.Notify
	// changed has a value when there is something to tell the service manager since it was
	// empty, and summary says that in a line.
	changed chan struct{}
	summary func() string
	// ready is closed after the first load; complete reports whether all sessions that there
	// are are in memory. steps returns a number that grows while work gets on, heartbeat gives
	// a value while there is nothing to do.
	ready     <-chan struct{}
	complete  func() bool
	steps     func() uint64
	heartbeat <-chan struct{}
	// remote is true where the first load is of another machine.
	remote bool

	hangup <-chan os.Signal
	asked  <-chan struct{} // Options.Reload
}

func newFront(opts Options, all *store.Store, startedAt time.Time) front {
	return front{
		settings:  opts.Settings,
		version:   opts.Version,
		startedAt: startedAt,
		log:       opts.Log,
		store:     all,
		seen:      seen.New(),
		changed:   make(chan struct{}, 1),
		steps:     func() uint64 { return 0 },
		asked:     opts.Reload,
	}
}

// control makes the servers of the control socket and of the metrics.
func (f *front) control(serve control.Config, policy access.Policy) {
	serve.Store, serve.Log, serve.Metrics, serve.Seen = f.store, f.log, f.metrics.Handler(), f.seen
	serve.Level, serve.AdminGroup = policy.Level, f.settings.AdminGroup
	f.server = control.New(serve)
	serve.MaxConns = control.MaxMonitorConns
	f.monitor = control.NewMonitor(serve)
}

// listeners are what a daemon is asked on.
type listeners struct {
	listener  socket.Listener
	monitored net.Listener   // nil where no metrics are served over TCP
	checked   []net.Listener // where tokens are checked
}

// takeListeners takes the sockets that the service manager opened, or else those that the
// settings name.
func takeListeners(s config.Settings, log *zap.Logger) (_ listeners, err error) {
	sockets, err := service.TakeSockets()
	if err != nil {
		return listeners{}, err
	}
	var taken listeners
	defer func() {
		if err != nil {
			err = errors.Join(err, taken.close())
		}
	}()
	if taken.listener, err = listenControl(sockets.Control, s, log); err != nil {
		return listeners{}, err
	}
	if taken.monitored, err = listenMonitor(s); err != nil {
		return listeners{}, err
	}
	if taken.checked, err = listenCheck(sockets.Check, s, log); err != nil {
		return listeners{}, err
	}
	return taken, nil
}

func (l *listeners) close() error {
	failed := closeAll(l.checked)
	if l.monitored != nil {
		failed = errors.Join(failed, l.monitored.Close())
	}
	if l.listener != nil {
		failed = errors.Join(failed, l.listener.Close())
	}
	return failed
}

// serve answers on all sockets until ctx ends. answered is called once no request of the
// control socket is being answered any more.
func (f *front) serve(ctx context.Context, running *errgroup.Group, answered func()) {
	running.Go(func() error {
		defer answered()
		return f.server.Serve(ctx, f.listener)
	})
	running.Go(func() error { f.keepSocket(ctx, f.listener); return nil })
	f.serveChecks(ctx, running)
	if f.monitored != nil {
		f.log.Info("serving metrics", zap.String("address", f.monitored.Addr().String()))
		running.Go(func() error { return f.monitor.Serve(ctx, f.monitored) })
	}
	running.Go(func() error { f.tellManager(ctx); return nil })
	running.Go(func() error { f.keepAlive(ctx); return nil })
}

// serveChecks has tokens checked wherever that is asked for.
func (f *front) serveChecks(ctx context.Context, running *errgroup.Group) {
	if len(f.checked) == 0 {
		return
	}
	var checking sync.WaitGroup
	checking.Add(len(f.checked))
	f.collectSeen(ctx, running, &checking)
	for _, ln := range f.checked {
		f.log.Info("checking tokens", zap.String("address", ln.Addr().String()))
		running.Go(func() error {
			defer checking.Done()
			return f.check.Serve(ctx, ln)
		})
		if file, ok := ln.(socket.Listener); ok {
			running.Go(func() error { f.keepSocket(ctx, file); return nil })
		}
	}
}

// statusChanged has the service manager told how the daemon is.
func (f *front) statusChanged() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

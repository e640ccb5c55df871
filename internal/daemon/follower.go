package daemon

import (
	"context"
	"os"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/go-json-experiment/json"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"sessiond/internal/access"
	"sessiond/internal/check"
	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/logging"
	"sessiond/internal/metrics"
	"sessiond/internal/replica"
	"sessiond/internal/replica/jetstream"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// Follower is sessiond without files: its sessions are those of a [Daemon] on another
// machine.
type Follower struct {
	front

	engine  *engine
	replica *replica.Follower
}

// NewFollower does for a follower what [New] does for a daemon.
func NewFollower(opts Options) (*Follower, error) {
	outliveReaders()
	hangup := hangups()
	policy, err := newPolicy(opts.Settings)
	if err != nil {
		return nil, err
	}
	if err := makeUsualFolder(opts.Settings); err != nil {
		return nil, err
	}
	connection, err := dialEngine(opts.Settings, opts.Settings.Follow, jetstream.NewFollower)
	if err != nil {
		return nil, err
	}
	taken, err := takeListeners(opts.Settings, opts.Log)
	if err != nil {
		connection.close()
		return nil, err
	}
	f := assembleFollower(opts, policy, connection)
	f.listeners, f.hangup = taken, hangup
	return f, nil
}

func assembleFollower(opts Options, policy access.Policy, connection *engine) *Follower {
	s := opts.Settings
	// The time 0 lets revisions be those of the authority's store.
	f := &Follower{front: newFront(opts, store.New(time.Unix(0, 0)), time.Now().UTC()), engine: connection}
	log := newReplicaLog(opts.Log, func() bool { return len(f.checked) > 0 && s.OnStale == config.OnStaleRefuse })
	f.replica = replica.NewFollower(replica.FollowerConfig{
		Log: connection, Store: f.store, StaleAfter: s.StaleAfter, StaleLimit: s.StaleLimit, Clock: replica.SystemClock,
		Applied: f.applied,
		Changed: func(s replica.Status) { log.tell(&s); f.statusChanged() },
	})
	f.ready, f.summary = f.replica.Ready(), f.describe
	f.complete = func() bool { return f.store.View().Passes() > 0 }
	f.steps, f.remote = f.alive(), true
	f.metrics = metrics.New(metrics.Config{
		Version:      opts.Version,
		Watch:        func() metrics.Watch { return metrics.Watch{Mode: config.WatchOff} },
		Followers:    f.store.Followers,
		Connections:  func() int { return f.server.Connections() },
		Looks:        func() int { return f.check.Looks() },
		CheckResults: checkResults(),
		Seen:         f.seenAges,
		Licences:     s.Licences,
		Unfollowed:   func() (bool, time.Time) { return false, time.Time{} },
		Replica:      func() metrics.Replica { return replicaMetrics(f.replica.Status()) },
		LostLines:    opts.LostLines,
	})
	f.control(control.Config{
		Refresher: withoutFiles{f}, Writing: f.writing, Authority: f.authority, Forward: f.newForwarder(),
		Age: func() (time.Duration, bool) {
			now := f.replica.Status()
			return now.Age, now.Stale != replica.Fresh
		},
	}, policy)
	f.check = check.New(check.Config{
		Files: lacking{f}, Store: f.store, Log: f.log, Freshness: f.freshness,
		Observe: f.checkedToken,
		Seen:    f.seen.Note,
	})
	return f
}

// Run runs the follower until ctx ends, which is a clean stop, or until it cannot go on,
// which is an error.
func (f *Follower) Run(ctx context.Context) error {
	defer f.listener.Close()
	lifecycle := f.log.Named(logging.Lifecycle)
	lifecycle.Info("starting",
		zap.String("version", f.version),
		zap.Int("pid", os.Getpid()),
		zap.Strings("follow", f.settings.Follow),
		zap.String("name", f.settings.ReplicaName),
		zap.String("node", f.engine.node),
		zap.String("socket", f.listener.Addr().String()))

	running, ctx := errgroup.WithContext(ctx)
	answered := make(chan struct{})
	f.serve(ctx, running, func() { close(answered) })
	running.Go(func() error {
		f.replica.Run(ctx)
		<-answered
		f.engine.Close()
		return nil
	})
	running.Go(func() error { f.takeHangups(ctx); return nil })
	if err := running.Wait(); err != nil {
		return err
	}
	lifecycle.Info("stopped")
	return nil
}

// takeHangups has the engine connect again: there are no files to look at, but what it
// connects with may have been renewed.
func (f *Follower) takeHangups(ctx context.Context) {
	for {
		select {
		case <-f.hangup:
		case <-f.asked:
		case <-ctx.Done():
			return
		}
		f.tell(f.manager.Reloading())
		if err := f.engine.Reconnect(); err != nil {
			f.log.Warn(err.Error())
		}
		f.tell(f.manager.Ready())
	}
}

// alive returns what counts as getting on: that the state can be asked for.
func (f *Follower) alive() func() uint64 {
	asked := uint64(0)
	return func() uint64 {
		f.replica.Status()
		asked++
		return asked
	}
}

func (f *Follower) applied(before, after *store.View, o *session.Outcome) {
	f.metrics.Observe(metrics.Pass{Outcome: *o, Before: before, After: after, Applied: time.Now()})
	f.log.Debug("the view has changed", zap.Int("changes", len(o.Changes)), zap.Uint64("revision", after.Revision()))
	f.statusChanged()
}

// describe says in a line how the follower is.
func (f *Follower) describe() string {
	now := f.replica.Status()
	text := english.Plural(f.store.View().Len(), "session", "") + ", " + string(now.State)
	if now.Reason != "" {
		text += ": " + now.Reason
	}
	return text
}

// authority names the daemon that has the files, for people.
func (f *Follower) authority() string {
	if head := f.replica.Status().Head; head != nil {
		return "node " + head.By
	}
	return "the authority of " + f.settings.ReplicaName
}

// origin returns what the authority says of itself; its zero value before it did.
func (f *Follower) origin(now *replica.Status) origin {
	var of origin
	if len(now.Source) > 0 && json.Unmarshal(now.Source, &of) != nil {
		return origin{}
	}
	return of
}

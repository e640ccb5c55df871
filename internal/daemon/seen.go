package daemon

import (
	"context"
	"iter"
	"os"
	"sync"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"sessiond/internal/api"
	"sessiond/internal/check/seen"
	"sessiond/internal/metrics"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// collectSeen has it kept when sessions are seen, until ctx ends and then no token is being
// checked any more.
func (d *Daemon) collectSeen(ctx context.Context, running *errgroup.Group, checking *sync.WaitGroup) {
	d.seen.Open(placesOf(d.settings, os.Geteuid(), os.Getenv).seen)
	d.log.Info("collecting last seen times", zap.String("file", d.seen.Path()), zap.Time("since", d.seen.Since()))
	for _, problem := range d.seen.Problems() {
		d.log.Warn(problem)
	}
	collecting, end := context.WithCancel(context.WithoutCancel(ctx))
	running.Go(func() error {
		defer end()
		<-ctx.Done()
		checking.Wait()
		return nil
	})
	running.Go(func() error {
		d.seen.Run(collecting, seen.Sessions{
			Keys:     d.keysInMemory,
			Complete: func() bool { return !d.passes.State().Admitting },
			Ready:    d.ready,
		}, func(err error) { d.log.Warn(err.Error()) })
		return nil
	})
}

// keysInMemory yields the keys of the sessions in memory.
func (d *Daemon) keysInMemory() iter.Seq[session.Key] {
	return func(yield func(session.Key) bool) {
		for one := range d.store.View().All() {
			if !yield(one.Key()) {
				return
			}
		}
	}
}

// seenAges tells the metrics how long ago sessions were last seen.
func (d *Daemon) seenAges() metrics.Seen {
	ages := d.seen.Ages()
	told := metrics.Seen{
		Since: d.seen.Since(), Within: make(map[float64]uint64),
		Seen: uint64(max(0, ages.Seen)), Sum: ages.Sum.Seconds(), Never: ages.Never,
	}
	for i, bound := range seen.AgeBounds() {
		told.Within[bound.Seconds()] = uint64(max(0, ages.Within[i]))
	}
	return told
}

// licences returns how many of the licences are used, nil where nobody said how many there
// are.
func (d *Daemon) licences(view *store.View) *api.Licences {
	if d.settings.Licences == 0 {
		return nil
	}
	return &api.Licences{Owned: d.settings.Licences, Accepted: view.Len() - view.Totals().Pending}
}

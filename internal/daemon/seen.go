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
func (f *front) collectSeen(ctx context.Context, running *errgroup.Group, checking *sync.WaitGroup) {
	f.seen.Open(placesOf(f.settings, os.Geteuid(), os.Getenv).seen)
	f.log.Info("collecting last seen times", zap.String("file", f.seen.Path()), zap.Time("since", f.seen.Since()))
	for _, problem := range f.seen.Problems() {
		f.log.Warn(problem)
	}
	collecting, end := context.WithCancel(context.WithoutCancel(ctx))
	running.Go(func() error {
		defer end()
		<-ctx.Done()
		checking.Wait()
		return nil
	})
	running.Go(func() error {
		f.seen.Run(collecting, seen.Sessions{
			Keys:     f.keysInMemory,
			Complete: f.complete,
			Ready:    f.ready,
		}, func(err error) { f.log.Warn(err.Error()) })
		return nil
	})
}

// keysInMemory yields the keys of the sessions in memory.
func (f *front) keysInMemory() iter.Seq[session.Key] {
	return func(yield func(session.Key) bool) {
		for one := range f.store.View().All() {
			if !yield(one.Key()) {
				return
			}
		}
	}
}

// seenAges tells the metrics how long ago sessions were last seen.
func (f *front) seenAges() metrics.Seen {
	ages := f.seen.Ages()
	told := metrics.Seen{
		Since: f.seen.Since(), Within: make(map[float64]uint64),
		Seen: uint64(max(0, ages.Seen)), Sum: ages.Sum.Seconds(), Never: ages.Never,
	}
	for i, bound := range seen.AgeBounds() {
		told.Within[bound.Seconds()] = uint64(max(0, ages.Within[i]))
	}
	return told
}

// licences returns how many of the licences are used, nil where nobody said how many there
// are.
func (f *front) licences(view *store.View) *api.Licences {
	if f.settings.Licences == 0 {
		return nil
	}
	return &api.Licences{Owned: f.settings.Licences, Accepted: view.Len() - view.Totals().Pending}
}

//go:build soak && unix

package soak

import (
	"cmp"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

var (
	soakFor  = flag.Duration("soak.for", 5*time.Minute, "how long the soak goes on")
	soakSeed = flag.Uint64("soak.seed", 0, "seed of the soak; 0 draws one")
)

// soakSettle is the settle time of the daemons, which is the usual one.
const soakSettle = 250 * time.Millisecond

// soakSettleMany is the quiet time of the brake on mass removals, which is usually
// longer.
const soakSettleMany = 2 * time.Second

// soak is everything at once, for as long as one likes: several writers who work in
// a tree, faults, bad clients and restarts, against two daemons over the same tree
// that differ in their admission.
type soak struct {
	t       *testing.T
	ctx     context.Context //nolint:containedctx // all that goes on ends with it
	cancel  context.CancelFunc
	random  *rand.Rand // of who directs it all
	grove   *grove
	ledger  *ledger
	journal *journal
	daemons []*lives
	tree    map[session.Key][]byte // at the last rest, or at the one that is awaited

	warm    atomic.Bool // what the daemons need is measured from now on
	samples []int64     // resident bytes of one at its rests since
	// Of one at rest, early and in the end.
	resident                [2]int64 // bytes
	descriptors, goroutines [2]int

	events, refreshes, abused, restarts atomic.Int64
	rests                               int
	slowestRest                         time.Duration
	mu                                  sync.Mutex
	faults                              map[string]int
	diverged                            int
}

// TestSoak holds the built binary against the refresh contract under all that its
// promises name, until the time is over or the first divergence.
func TestSoak(t *testing.T) {
	if rerunWithMounts(t) {
		return
	}
	seed := cmp.Or(*soakSeed, rand.Uint64())
	t.Logf("seed %d: make soak SOAK=%v SEED=%d", seed, *soakFor, seed)
	s := &soak{t: t, random: rand.New(rand.NewPCG(seed, 0)), ledger: newLedger(soakSettle), journal: &journal{}, faults: make(map[string]int)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	defer s.cancel()
	var err error
	s.grove, err = newGrove(s.fork(), s.ledger)
	harness.Must(t, err)
	defer s.grove.clear()
	for _, admit := range []string{"restore", "follow"} {
		l, err := s.newLives(admit)
		harness.Must(t, err)
		t.Cleanup(func() { os.RemoveAll(l.folder) })
		harness.Must(t, l.start(nil))
		t.Cleanup(func() { l.bury(l.life()) })
		s.daemons = append(s.daemons, l)
	}
	s.run()
	s.summarise()
}

// run is one round of work after the other, with a rest after each.
func (s *soak) run() {
	begun := time.Now()
	s.rest()
	s.measure()
	for s.ctx.Err() == nil && (time.Since(begun) < *soakFor || !s.warm.Load()) {
		if !s.warm.Load() && time.Since(begun) > *soakFor/4 {
			s.warmUp()
		}
		s.round()
		s.rest()
		if s.ctx.Err() == nil {
			s.measure()
			s.play()
		}
	}
	s.finish()
}

// finish ends the daemons as they must end.
func (s *soak) finish() {
	if s.ctx.Err() != nil {
		return
	}
	s.measure()
	s.flat()
	s.daemons[0].end(syscall.SIGTERM, "0", nil)
	s.goroutines[1] = s.daemons[1].countGoroutines()
	if s.goroutines[1] > s.goroutines[0]+goroutineSlack {
		s.diverge(session.Key{}, "%d goroutines at rest, %d in the beginning", s.goroutines[1], s.goroutines[0])
	}
}

// round is a while of work: writers, clients, refreshes and faults at once.
func (s *soak) round() {
	leave := s.clients()
	ctx, over := context.WithCancel(s.ctx)
	var all sync.WaitGroup
	floods := *soakFor >= longRun && s.random.IntN(20) == 0
	for _, l := range s.daemons {
		if random := s.fork(); !floods {
			all.Go(func() { l.sabotage(ctx, random) })
		}
		if rate := []int{0, 0, 1, 10, 50}[s.random.IntN(5)]; rate > 0 {
			all.Go(func() { l.refreshAtRate(ctx, rate) })
		}
	}
	if floods {
		s.overflow()
	} else {
		s.write(500*time.Millisecond + upTo(s.random, 3*time.Second))
	}
	over()
	all.Wait()
	if s.random.IntN(2) == 0 {
		s.rest() // with clients about
	}
	leave()
}

// longRun is from when on a soak has the time for what takes some.
const longRun = 2 * time.Minute

// fork returns a source of its own for something that goes on beside.
func (s *soak) fork() *rand.Rand { return rand.New(rand.NewPCG(s.random.Uint64(), s.random.Uint64())) }

func draw[T any](random *rand.Rand, all []T, weight func(T) int) T {
	total := 0
	for _, one := range all {
		total += weight(one)
	}
	drawn := random.IntN(total)
	for _, one := range all {
		if drawn -= weight(one); drawn < 0 {
			return one
		}
	}
	panic("the weights do not add up")
}

// upTo draws a time.
func upTo(random *rand.Rand, longest time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(longest) + 1))
}

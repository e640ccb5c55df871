//go:build soak && unix

package soak

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// following is a soak of an authority and its followers, with a broker that has faults of
// its own.
type following struct {
	*soak
	broker            *harness.Broker
	links             []*link // of the authority, then of the followers
	followers         []*harness.Daemon
	fulls, mismatches uint64 // of those that have ended, too
	adoptions         int
	adopted           bool // at this rest
}

// nodes are the names of the followers.
func nodes() []string { return []string{"south", "west"} }

// TestSoakFollowers holds followers to what their authority shows, while people write, the
// authority and the followers are restarted, and the broker is killed, wiped, made to stand
// still and cut off.
func TestSoakFollowers(t *testing.T) {
	seed := cmp.Or(*soakSeed, rand.Uint64())
	t.Logf("seed %d: make soak SOAK=%v SEED=%d", seed, *soakFor, seed)
	s := &soak{t: t, random: rand.New(rand.NewPCG(seed, 1)), ledger: newLedger(soakSettle), journal: &journal{}, faults: make(map[string]int)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	defer s.cancel()
	var err error
	s.grove, err = newGrove(s.fork(), s.ledger)
	harness.Must(t, err)
	defer s.grove.clear()

	f := &following{soak: s, broker: harness.NewBroker(t, harness.BuildBroker(t), "soak")}
	for range 1 + len(nodes()) {
		f.links = append(f.links, newLink(t, f.broker.Address))
	}
	l, err := s.newLives("follow")
	harness.Must(t, err)
	t.Cleanup(func() { os.RemoveAll(l.folder) })
	l.more = []string{"--publish", f.links[0].url(), "--replica-node", "north"}
	harness.Must(t, l.start(nil))
	t.Cleanup(func() { l.bury(l.life()) })
	s.daemons = append(s.daemons, l)
	for i := range nodes() {
		f.followers = append(f.followers, f.follow(i))
	}
	f.run()
	t.Logf("steps %d, events %d, restarts %d, rests %d, the slowest after %v", s.journal.steps, s.events.Load(), s.restarts.Load(), s.rests, s.slowestRest.Round(time.Millisecond))
	t.Logf("faults: %v", s.faults)
	t.Logf("snapshots %d, mismatches %d, adopted %d times; divergences: %d", f.fulls, f.mismatches, f.adoptions, s.diverged)
}

// follow starts a follower.
func (f *following) follow(i int) *harness.Daemon {
	d := harness.Setting{}.Begin(f.t, "", "--follow", f.links[1+i].url(), "--replica-node", nodes()[i], "--log-level", "info")
	if err := d.AwaitReady(); err != nil {
		f.diverge(session.Key{}, "follower %s does not start: %v", nodes()[i], err)
	}
	return d
}

// run is one round after the other, with a rest after each, until the time is over.
func (f *following) run() {
	begun := time.Now()
	f.rest()
	for f.ctx.Err() == nil && time.Since(begun) < *soakFor {
		f.round()
		f.rest()
	}
	for i := range f.followers {
		f.bury(i, false)
	}
}

// round is a while of writers and faults at once.
func (f *following) round() {
	ctx, over := context.WithCancel(f.ctx)
	var all sync.WaitGroup
	authority, broker := f.fork(), f.fork()
	all.Go(func() { f.daemons[0].sabotage(ctx, authority) })
	all.Go(func() { f.harm(ctx, broker) })
	f.write(time.Second + upTo(f.random, 6*time.Second))
	over()
	all.Wait()
}

// slowRest is from when on a rest is told of.
const slowRest = 10 * time.Second

// rest waits until the authority is at rest and as it must be, and the followers show what
// it shows.
func (f *following) rest() {
	f.soak.rest()
	f.adopted = false
	begun := time.Now()
	what := ""
	var waited []string // for what, where that takes long
	met := within(2*restPatience, func() bool {
		if what = f.differs(); len(waited) == 0 || waited[len(waited)-1] != what {
			waited = append(waited, what)
		}
		return what == "" || f.ctx.Err() != nil
	})
	if took := time.Since(begun); took > slowRest {
		f.t.Logf("followers came to rest after %v; they waited: %q", took.Round(time.Millisecond), waited[max(0, len(waited)-5):])
	}
	if !met {
		f.diverge(session.Key{}, "at rest for %v: %s", 2*restPatience, what)
	}
	if f.adopted {
		f.adoptions++
	}
	f.slowestRest = max(f.slowestRest, time.Since(begun))
}

// differs says what followers show that their authority does not, or nothing.
func (f *following) differs() string {
	authority := f.daemons[0].life()
	is, err := authority.Now()
	if err != nil {
		return err.Error()
	}
	if is.Replica.WouldRemove != nil {
		// Much was removed while it was not there, or the broker was not.
		ctx, cancel := context.WithTimeout(f.ctx, answerLimit)
		defer cancel()
		if _, err := authority.Adopt(ctx); err != nil { // what was missing may be back
			return "it is held, and cannot be adopted: " + err.Error()
		}
		f.adopted = true
		return "it was held"
	}
	if is.Replica.State != "live" {
		return fmt.Sprintf("the authority is %+v", is.Replica)
	}
	want, err := picture(authority.Daemon)
	if err != nil {
		return err.Error()
	}
	for i, d := range f.followers {
		shown, err := d.Now()
		if err != nil {
			return err.Error()
		}
		if shown.Replica.State != "following" || shown.Replica.Sum != is.Replica.Sum {
			return fmt.Sprintf("follower %s is %+v, the authority %+v", nodes()[i], shown.Replica, is.Replica)
		}
		got, err := picture(d)
		if err != nil {
			return err.Error()
		}
		if got != want {
			return fmt.Sprintf("follower %s shows %s, want %s", nodes()[i], got, want)
		}
	}
	return ""
}

// picture returns the sessions and errors that a daemon shows, as text.
func picture(d *harness.Daemon) (string, error) {
	p, err := d.TakePicture()
	if err != nil {
		return "", err
	}
	all := make(map[string]any)
	for key, text := range p.Sessions {
		var content any
		if err := json.Unmarshal([]byte(text), &content); err != nil {
			return "", err
		}
		all[key.String()] = content
	}
	for _, e := range p.Errors {
		all[fmt.Sprint("error of ", e.Session)] = e
	}
	return canonical(all), nil
}

// harm has a fault of the broker after the other, until ctx ends. Then all is well again.
func (f *following) harm(ctx context.Context, random *rand.Rand) {
	for {
		pause(ctx, upTo(random, 4*time.Second))
		if ctx.Err() != nil {
			return
		}
		long := upTo(random, 8*time.Second)
		l := f.links[random.IntN(len(f.links))]
		switch random.IntN(7) {
		case 0:
			f.note("the broker is killed")
			f.broker.Kill()
			pause(ctx, long)
			f.start()
		case 1:
			f.note("the broker is wiped")
			f.broker.Kill()
			if err := f.broker.Wipe(); err != nil {
				f.diverge(session.Key{}, "the soak itself cannot wipe the broker: %v", err)
			}
			pause(ctx, long)
			f.start()
		case 2:
			f.note("the broker stands still")
			if err := f.broker.Signal(syscall.SIGSTOP); err != nil {
				f.diverge(session.Key{}, "the soak itself cannot stop the broker: %v", err)
			}
			pause(ctx, long)
			_ = f.broker.Signal(syscall.SIGCONT) // it is there
		case 3, 4:
			f.note("a link is cut")
			l.setCut(true)
			pause(ctx, long)
			l.setCut(false)
		case 5:
			f.note("a link is silent")
			l.gate.Lock()
			pause(ctx, long)
			l.gate.Unlock()
		case 6:
			f.note("a follower is restarted")
			i := random.IntN(len(f.followers))
			f.bury(i, random.IntN(2) == 0)
			f.followers[i] = f.follow(i)
		}
	}
}

func (f *following) note(fault string) {
	f.journal.note(session.Key{}, "%s", fault)
	f.count(fault)
}

func (f *following) start() {
	if err := f.broker.Start(); err != nil {
		f.diverge(session.Key{}, "the soak itself cannot start the broker: %v", err)
	}
}

// bury ends a follower, as a crash or as a service manager does, and looks through its log.
func (f *following) bury(i int, kill bool) {
	d := f.followers[i]
	if s, err := d.Now(); err == nil {
		f.fulls, f.mismatches = f.fulls+s.Replica.Fulls, f.mismatches+s.Replica.Mismatches
	}
	if kill {
		d.Kill()
	} else if err := d.Stop(); err != nil {
		f.diverge(session.Key{}, "follower %s: %v", nodes()[i], err)
	}
	log, err := os.ReadFile(d.LogFile())
	if err != nil {
		f.diverge(session.Key{}, "the soak itself cannot read a log: %v", err)
	}
	for _, unwanted := range f.unwanted() {
		if bytes.Contains(log, unwanted) {
			f.diverge(session.Key{}, "the log of follower %s shows %q", nodes()[i], unwanted)
		}
	}
}

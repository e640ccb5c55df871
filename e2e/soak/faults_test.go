//go:build soak && unix

package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// saboteur is who does things to a daemon while others work in its tree.
type saboteur struct {
	*lives
	random *rand.Rand
}

type fault struct {
	weight int
	name   string
	do     func(*saboteur)
}

func faults() []fault {
	return []fault{
		{4, "SIGSTOP", (*saboteur).standStill},
		{4, "SIGHUP storm", (*saboteur).storm},
		{2, "restart", (*saboteur).restart},
		{4, "open", (*saboteur).open},
		{1, "open all", (*saboteur).openAll},
	}
}

// sabotage makes faults until ctx ends.
func (l *lives) sabotage(ctx context.Context, random *rand.Rand) {
	s := &saboteur{lives: l, random: random}
	for {
		pause(ctx, upTo(random, 3*time.Second))
		if ctx.Err() != nil {
			return
		}
		f := draw(random, faults(), func(f fault) int { return f.weight })
		l.journal.note(session.Key{}, "%s (--admit %s)", f.name, l.admit)
		l.count(f.name)
		f.do(s)
	}
}

func (s *saboteur) signal(d *harness.Daemon, with syscall.Signal) {
	err := d.Signal(with)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.diverge(session.Key{}, "the soak itself cannot send a signal: %v", err)
	}
}

// standStill stops the process for a while: events gather, clients wait.
func (s *saboteur) standStill() {
	one := s.life()
	from := time.Now()
	s.signal(one.Daemon, syscall.SIGSTOP)
	pause(s.ctx, upTo(s.random, 2*time.Second))
	one.memory.standStill(span{from, time.Now()}) // before it can tell what it sees
	s.signal(one.Daemon, syscall.SIGCONT)
}

func (s *saboteur) storm() {
	s.hangUp(s.life().Daemon)
}

func (s *saboteur) hangUp(d *harness.Daemon) {
	if one := s.life(); one != nil { // not yet at its first start
		one.memory.ask()
	}
	for range 1 + s.random.IntN(200) {
		s.signal(d, syscall.SIGHUP)
		if s.random.IntN(3) == 0 {
			time.Sleep(upTo(s.random, 10*time.Millisecond))
		}
	}
}

// restart ends the daemon, as a service manager does or without asking, and starts
// it again, sometimes in a storm of signals. Nobody moves the root meanwhile: a root
// that is away at the start is a scene of its own.
func (s *saboteur) restart() {
	s.grove.gate.RLock()
	defer s.grove.gate.RUnlock()
	if s.admit == "follow" && s.warm.Load() {
		return // what it needs is measured from then on
	}
	var stormy, stormyStart func(*harness.Daemon)
	if s.random.IntN(2) == 0 {
		stormy = s.hangUp
		stormyStart = func(d *harness.Daemon) {
			if harness.Eventually(func() bool { return answers(s.socket) || d.HasEnded() }) {
				s.hangUp(d)
			}
		}
	}
	if s.random.IntN(2) == 0 {
		s.end(syscall.SIGKILL, "killed", nil)
	} else {
		s.end(syscall.SIGTERM, "0", stormy)
	}
	s.restarts.Add(1)
	if err := s.start(stormyStart); err != nil {
		s.diverge(session.Key{}, "it does not start again: %v", err)
	}
}

// answers reports whether somebody listens on a socket: a file may be left over.
func answers(socket string) bool {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// open asks for a session to be admitted, which may be refused for three reasons.
func (s *saboteur) open() {
	keys := s.grove.keys()
	key := keys[s.random.IntN(len(keys))]
	s.ask(s.ctx, "open "+key.String(), func(ctx context.Context, one *life) error {
		one.memory.open(key)
		_, err := one.Open(ctx, key)
		var refused *client.ProblemError
		if errors.As(err, &refused) && (refused.Status == 404 || refused.Status == 422 || refused.Status == 503) {
			return nil
		}
		return err
	})
}

func (s *saboteur) openAll() {
	s.ask(s.ctx, "open all", func(ctx context.Context, one *life) error {
		one.memory.open(session.Key{})
		_, err := one.OpenAll(ctx)
		return err
	})
}

// overflow makes more events than the queue of a process takes that stands still,
// with edits among them that nothing else tells of.
func (s *soak) overflow() {
	s.journal.note(session.Key{}, "overflow")
	s.count("overflow")
	for _, l := range s.daemons {
		(&saboteur{lives: l}).signal(l.life().Daemon, syscall.SIGSTOP)
	}
	for i := range 2 * queueLength / 3 {
		path := filepath.Join(s.grove.root, fmt.Sprintf("event%d", i))
		if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Remove(path)); err != nil {
			s.diverge(session.Key{}, "the soak itself cannot make events: %v", err)
			break
		}
	}
	s.write(time.Second)
	for _, l := range s.daemons {
		(&saboteur{lives: l}).signal(l.life().Daemon, syscall.SIGCONT)
	}
}

// queueLength is how many events Linux keeps for a process that does not read
// them.
const queueLength = 16_384

//go:build soak && unix

package soak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// scene is something that is tried on daemons at rest, with nobody else about.
type scene struct {
	weight int
	name   string
	do     func(*soak, *writer)
}

func scenes() []scene {
	return append([]scene{
		{4, "refresh at rest", (*soak).refreshAtRest},
		{4, "open at rest", (*soak).openAtRest},
		{3, "quiet", (*soak).beQuiet},
		{4, "without rights", (*soak).withoutRights},
		{3, "restart at rest", (*soak).restartAtRest},
		{2, "start without a root", (*soak).startWithoutRoot},
		{5, "many gone", (*soak).manyGone},
		{5, "moved away", (*soak).moveAway},
		{1, "1,000 connections", func(s *soak, _ *writer) { s.crowd() }},
	}, mountScenes()...)
}

func (s *soak) play() {
	one := draw(s.random, scenes(), func(sc scene) int { return sc.weight })
	s.journal.note(session.Key{}, "scene: %s", one.name)
	s.count(one.name)
	one.do(s, &writer{soak: s, random: s.fork()})
	s.rest()
}

// refreshAtRest asks for a full pass, which must find what the model says and
// nothing to do.
func (s *soak) refreshAtRest(*writer) {
	tree, err := readTree(s.grove.root)
	for _, l := range s.daemons {
		l.ask(s.ctx, "refresh at rest", func(ctx context.Context, one *life) error {
			report, asking := one.Refresh(ctx)
			status, asking2 := one.Status(ctx)
			if err := errors.Join(err, asking, asking2); err != nil {
				return err
			}
			told, _, _ := one.memory.now(status.Revision)
			p := expected(tree, l.admit == "follow", told)
			want := session.Counts{
				Checked: len(tree), Unchanged: len(p.Sessions), NotInMemory: p.NotInMemory, Rejected: len(p.Errors),
			}
			if report.Counts != want || len(report.Unsettled) > 0 {
				return fmt.Errorf("%+v and %d unsettled, want %+v", report.Counts, len(report.Unsettled), want)
			}
			return nil
		})
	}
}

// openAtRest asks for a session to be admitted, whose file says what the answer
// must be.
func (s *soak) openAtRest(*writer) {
	keys := s.grove.keys()
	for range 5 {
		key := keys[s.random.IntN(len(keys))]
		wanted := 200
		if path := harness.FileOf(s.grove.root, key); !isFile(path) { // it may be a FIFO, and block who reads it
			wanted = 404
		} else if data, err := os.ReadFile(path); err != nil {
			wanted = 404
		} else if verdict(key, data) != 0 {
			wanted = 422
		}
		for _, l := range s.daemons {
			l.ask(s.ctx, "open at rest", func(ctx context.Context, one *life) error {
				one.memory.open(key)
				_, err := one.Open(ctx, key)
				got := 200
				if refused := (*client.ProblemError)(nil); errors.As(err, &refused) {
					got = refused.Status
				} else if err != nil {
					return err
				}
				if got != wanted {
					return fmt.Errorf("%s: %d, want %d (%w)", key, got, wanted, err)
				}
				return nil
			})
		}
	}
}

// beQuiet leaves the daemons alone: they run no pass then and need hardly any of
// the processor.
func (s *soak) beQuiet(*writer) {
	const quiet = 2 * time.Second
	before, began := make([]*footprint, len(s.daemons)), make([]api.Status, len(s.daemons))
	for i, l := range s.daemons {
		began[i], before[i] = l.look()
	}
	pause(s.ctx, quiet)
	for i, l := range s.daemons {
		status, after := l.look()
		if status.Passes != began[i].Passes {
			l.diverge(session.Key{}, "--admit %s: %d passes at rest, the last one %+v", l.admit, status.Passes-began[i].Passes, status.LastPass)
		}
		if after == nil || before[i] == nil {
			continue
		}
		if used := after.CPU - before[i].CPU; used > quiet/5 {
			l.diverge(session.Key{}, "--admit %s: %v of the processor in %v at rest", l.admit, used, quiet)
		}
	}
}

// withoutRights takes the rights to a file, a folder, the root or its parent away:
// everything is kept and reported, also by a daemon that starts meanwhile, and comes
// right afterwards.
func (s *soak) withoutRights(w *writer) {
	app := s.grove.apps[s.random.IntN(len(s.grove.apps))]
	file := app.files[s.random.IntN(len(app.files))]
	place := []struct {
		path string
		key  session.Key
	}{
		{file.path, file.key},
		{app.path, session.Key{App: filepath.Base(app.path)}},
		{s.grove.root, session.Key{}},
		{filepath.Dir(s.grove.root), session.Key{}},
	}[s.random.IntN(4)]
	s.journal.note(place.key, "no rights to %s", place.path)
	if info, err := os.Lstat(place.path); err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return
	} else if place.key.IsFile() && info.IsDir() {
		return
	}
	mistake := w.withMode(place.path, 0, func() {
		for _, l := range s.daemons {
			l.keepsAll(place.key)
		}
		if w.one(2) {
			l := s.daemons[s.random.IntN(len(s.daemons))]
			(&saboteur{lives: l, random: w.random}).restart()
		}
		w.hold()
	})
	if mistake != nil {
		s.diverge(place.key, "the soak itself cannot change rights: %v", mistake)
	}
}

// keepsAll holds a daemon to it that it removes nothing that it cannot judge.
func (l *lives) keepsAll(unreadable session.Key) {
	l.ask(l.ctx, "refresh of what cannot be judged", func(ctx context.Context, one *life) error {
		report, err := one.Refresh(ctx)
		if err != nil {
			return err
		}
		told := slices.ContainsFunc(report.Unsettled, func(u session.Unsettled) bool {
			return u.Session == unreadable && u.Reason == session.ReasonUnreadable
		})
		if len(report.Changes) > 0 || !told {
			return fmt.Errorf("%q cannot be judged, and the report is %s", unreadable, canonical(report))
		}
		return nil
	})
}

func (s *soak) restartAtRest(w *writer) {
	l := s.daemons[s.random.IntN(len(s.daemons))]
	(&saboteur{lives: l, random: w.random}).restart()
}

// startWithoutRoot starts a daemon while the root is away, or empty: all sessions are
// restored once it is there.
func (s *soak) startWithoutRoot(w *writer) {
	lack := lacks()[s.random.IntN(len(lacks()))]
	s.journal.note(session.Key{}, "start with %s", lack.name)
	s.count("start with " + lack.name)
	back, err := lack.take(w)
	s.rest()
	l := s.daemons[0] // the one with --admit restore, where it makes a difference
	l.end(syscall.SIGTERM, "0", nil)
	s.restarts.Add(1)
	err = errors.Join(err, l.start(nil))
	if err == nil {
		err = back()
	}
	if err != nil {
		s.diverge(session.Key{}, "start with %s: %v", lack.name, err)
		return
	}
	// That they were away gives nobody leave any more: both daemons have seen it.
	s.ledger.settled()
	l.life().memory.owe(s.ledger.wholeSince(time.Now()))
}

// lack is a way in which the sessions are not where a daemon looks for them.
type lack struct {
	name string
	take func(*writer) (back func() error, err error)
}

func lacks() []lack {
	return []lack{
		{"the root moved away", func(w *writer) (func() error, error) {
			return w.move(w.grove.root, filepath.Join(w.grove.parked, "MobileApps"), w.grove.keys())
		}},
		{"the parent of the root renamed", func(w *writer) (func() error, error) {
			parent := filepath.Dir(w.grove.root)
			return w.move(parent, parent+".renamed", w.grove.keys())
		}},
		{"an empty root", func(w *writer) (func() error, error) {
			back, err := w.move(w.grove.root, filepath.Join(w.grove.parked, "MobileApps"), w.grove.keys())
			return func() error { return errors.Join(os.Remove(w.grove.root), back()) }, errors.Join(err, os.Mkdir(w.grove.root, 0o755))
		}},
	}
}

// look returns what a daemon at rest says of itself and what the system says of it.
func (l *lives) look() (api.Status, *footprint) {
	var status api.Status
	l.ask(l.ctx, "status", func(ctx context.Context, one *life) (err error) {
		status, err = one.Status(ctx)
		return err
	})
	f, err := footprintOf(l.life().PID(), l.grove.root)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		l.diverge(session.Key{}, "the soak itself cannot measure: %v", err)
	}
	return status, f
}

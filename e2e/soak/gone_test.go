//go:build soak && unix

package soak

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sessiond/internal/session"
)

// Scenes in which many session files go at once, or a few at a time until they are
// many. What may come of it is what [memory.takeRemoval] says: who is logged out must
// have been meant to be.

// manyGone deletes or empties many files, at once or slowly, as people, synchronisers
// and full disks do. Then somebody asks for a look, the files come back, or they do
// not.
func (s *soak) manyGone(w *writer) {
	began := time.Now()
	g := gone{writer: w, emptied: w.one(3), old: make(map[*sessionFile][]byte)}
	if w.one(2) {
		g.pace = soakSettleMany / 50
	}
	share := 3 + w.random.IntN(8)
	s.journal.note(session.Key{}, "%d of 10 files go; emptied %t, pace %v", share, g.emptied, g.pace)
	err := w.eachFile(func(a *appFolder, f *sessionFile) error {
		if w.random.IntN(10) >= share || !isFile(f.path) || stateOf(f.path, f.key) != whole {
			return nil
		}
		return g.lose(a, f)
	})
	switch w.random.IntN(3) {
	case 0:
		s.count("many gone: asked for")
		s.askAbout(w)
	case 1:
		s.count("many gone: restored")
		s.awaitBrake()
		err = errors.Join(err, g.restore())
	default:
		s.count("many gone: left so")
	}
	s.afterwards(w, began, err)
}

// gone are files that a writer takes away, and perhaps brings back.
type gone struct {
	*writer
	emptied bool          // not deleted
	pace    time.Duration // on average, between two
	files   []*sessionFile
	old     map[*sessionFile][]byte
}

func (g *gone) lose(a *appFolder, f *sessionFile) error {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	g.files, g.old[f] = append(g.files, f), data
	if g.one(8) {
		g.sleep(upTo(g.random, 16*g.pace)) // a synchroniser works in batches
	}
	if g.emptied {
		return g.empty(f)
	}
	return g.remove(a, f)
}

// empty leaves a file without its content, as a full disk does.
func (w *writer) empty(f *sessionFile) error {
	if err := w.makeOrdinary(f); err != nil {
		return err
	}
	return w.ledger.change(f.key, wrong, func() error {
		return ignoringAbsence(os.Truncate(f.path, 0)) // it had several names
	})
}

// restore writes all files again, one after another.
func (g *gone) restore() error {
	pace := upTo(g.random, 4*soakSettleMany) / time.Duration(len(g.files)+1)
	for _, f := range g.files {
		g.sleep(upTo(g.random, 2*pace))
		write := func() error { return os.WriteFile(f.path, g.old[f], 0o644) }
		comesBack := g.ledger.bringBack
		if g.emptied { // it was there all the while
			comesBack = func(key session.Key, do func() error) error { return g.ledger.change(key, whole, do) }
		}
		if err := comesBack(f.key, write); err != nil {
			return err
		}
	}
	return nil
}

// moveAway moves the tree away, and has it back by a move, or by a copy of all files
// one after another.
func (s *soak) moveAway(w *writer) {
	began := time.Now()
	away := filepath.Join(s.grove.parked, "MobileApps")
	back, err := w.move(s.grove.root, away, s.grove.keys())
	copies := w.one(2)
	s.journal.note(session.Key{}, "the tree is moved away")
	switch {
	case w.one(4):
		s.count("moved away: asked about")
		s.askAbout(w)
	case copies:
		s.awaitBrake()
	default:
		w.sleep(upTo(w.random, soakSettleMany*3/2))
	}
	s.journal.note(session.Key{}, "the tree comes back, by a copy %t", copies)
	if copies {
		s.count("moved away: copied back")
		err = errors.Join(err, w.copyBack(away))
	} else {
		s.count("moved away: moved back")
		err = errors.Join(err, back())
	}
	s.afterwards(w, began, err)
}

// copyBack copies the tree to its place, folder by folder, as cp does.
func (w *writer) copyBack(from string) error {
	pace := upTo(w.random, 4*soakSettleMany) / time.Duration(len(w.grove.keys()))
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		to := filepath.Join(w.grove.root, below)
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(to, 0o755)
		case !e.Type().IsRegular():
			return nil
		}
		w.sleep(upTo(w.random, 2*pace))
		key := session.Key{App: filepath.Dir(below), ID: filepath.Base(below)}
		if stateOf(path, key) != whole {
			return copyFile(path, to)
		}
		return w.ledger.bringBack(key, func() error { return copyFile(path, to) })
	})
	return errors.Join(err, os.RemoveAll(from))
}

// eachFile does something to all files of the folders that are there.
func (w *writer) eachFile(do func(*appFolder, *sessionFile) error) error {
	for _, a := range w.grove.apps {
		if a.back != nil {
			continue
		}
		for _, f := range a.files {
			if err := do(a, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// askAbout has somebody ask each daemon for a look: from then on, what is gone is
// meant to be.
func (s *soak) askAbout(w *writer) {
	for _, l := range s.daemons {
		if w.one(2) {
			(&saboteur{lives: l, random: w.random}).hangUp(l.life().Daemon)
			continue
		}
		l.ask(s.ctx, "refresh of what is gone", func(ctx context.Context, one *life) error {
			one.memory.ask()
			report, err := one.Refresh(ctx)
			if held := session.CountUnsettled(report.Unsettled).ManyGone; err == nil && held > 0 {
				err = fmt.Errorf("a refresh that was asked for holds back %d removals", held)
			}
			return err
		})
	}
}

// awaitBrake waits until the daemons hold back what is gone, which must be many:
// that a file comes back counts for all that are held from then on.
func (s *soak) awaitBrake() {
	for _, l := range s.daemons {
		one := l.life()
		within(soakSettleMany/2, func() bool { // on a busy machine, they may go before they are held
			status, err := one.Now()
			gone := one.memory.gone()
			if err != nil || status.ManyGone != len(gone) {
				return s.ctx.Err() != nil
			}
			one.memory.hold(gone)
			return true
		})
	}
}

// afterwards has the daemons come to rest after many files were gone. Then who was
// logged out since it began is let in again, and all files are made whole.
func (s *soak) afterwards(w *writer, began time.Time, mistake error) {
	if mistake != nil {
		s.diverge(session.Key{}, "the soak itself cannot take files away: %v", mistake)
		return
	}
	s.rest()
	for _, l := range s.daemons {
		l.ask(s.ctx, "open what was removed", func(ctx context.Context, one *life) error {
			removed := one.memory.removedSince(began)
			one.memory.open(session.Key{})
			report, err := one.OpenSince(ctx, began)
			if err != nil {
				return err
			}
			there := 0
			for _, key := range removed {
				if l.ledger.isWhole(key) {
					there++
				}
			}
			if report.Admitted != there {
				return fmt.Errorf("%d admitted that were removed since %v, want %d of %d", report.Admitted, began, there, len(removed))
			}
			return nil
		})
	}
	s.rest()
	if err := w.editAll(); err != nil {
		s.diverge(session.Key{}, "the soak itself cannot go on: %v", err)
	}
	for _, l := range s.daemons {
		(&saboteur{lives: l, random: w.random}).openAll()
	}
}

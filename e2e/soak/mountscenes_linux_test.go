//go:build soak

package soak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

func mountScenes() []scene {
	if !mayMount() {
		return nil
	}
	return []scene{
		{4, "disk unmounted", (*soak).swapDisk},
		{4, "mounted over the root", func(s *soak, w *writer) { s.mountOver(w, s.grove.root, session.Key{}) }},
		{3, "mounted over an app folder", func(s *soak, w *writer) {
			a := s.grove.apps[w.random.IntN(len(s.grove.apps))]
			if a.back == nil {
				s.mountOver(w, a.path, session.Key{App: filepath.Base(a.path)})
			}
		}},
	}
}

// otherTrees are what is mounted: the same tree, a copy of it, an older copy, and one
// that has only its names.
func otherTrees() []string { return []string{"the same", "a copy", "an older copy", "a foreign tree"} }

// swapDisk unmounts the disk with the tree and mounts it again, or another one that
// may have the same tree.
func (s *soak) swapDisk(w *writer) {
	kind := otherTrees()[w.random.IntN(4)]
	s.count("disk: " + kind)
	s.journal.note(session.Key{}, "the disk is unmounted, %s comes back", kind)
	other := s.grove.disk
	err := w.withDisk(func(disk string) (err error) {
		if kind != "the same" {
			other = disk
			err = errors.Join(
				os.MkdirAll(filepath.Join(disk, "tree"), 0o755), os.Mkdir(filepath.Join(disk, filepath.Base(s.grove.parked)), 0o755),
				w.copyAs(kind, s.grove.root, filepath.Join(disk, "tree", "MobileApps")))
		}
		err = errors.Join(err, s.unmountDisk(w))
		if err == nil {
			err = s.comesUp(w, session.Key{}, filepath.Join(other, "tree", "MobileApps"), func() error { return harness.BindTo(other, s.grove.top) })
		}
		if err != nil || other == s.grove.disk {
			return err
		}
		s.journal.note(session.Key{}, "the disk itself comes back")
		err = s.unmountDisk(w)
		if err == nil {
			err = s.comesUp(w, session.Key{}, filepath.Join(s.grove.disk, "tree", "MobileApps"),
				func() error { return harness.BindTo(s.grove.disk, s.grove.top) })
		}
		return err
	})
	s.mounted(w, err)
}

// unmountDisk takes the disk away, for a while. Nobody is logged out then, whoever
// asks.
func (s *soak) unmountDisk(w *writer) error {
	if err := harness.Detach(s.grove.top); err != nil {
		return fmt.Errorf("cannot unmount the disk: %w", err)
	}
	for _, l := range s.daemons {
		if told, _, _ := l.life().memory.now(0); len(told) == 0 {
			continue // it has nothing to keep
		}
		if w.one(2) {
			l.awaitOtherMount(session.Key{})
		}
		l.keepsAll(session.Key{})
	}
	w.sleep(upTo(w.random, soakSettleMany*3/2))
	return nil
}

// mountOver mounts another tree over the root, or over an app folder, and takes it away
// again.
func (s *soak) mountOver(w *writer, at string, key session.Key) {
	kind := otherTrees()[w.random.IntN(4)]
	s.count("over: " + kind)
	s.journal.note(key, "%s is mounted over it", kind)
	err := w.withDisk(func(disk string) (err error) {
		other := at
		if kind != "the same" {
			other = filepath.Join(disk, filepath.Base(at))
			if err := w.copyAs(kind, at, other); err != nil {
				return err
			}
		}
		beneath := filepath.Join(disk, "beneath")
		err = errors.Join(os.Mkdir(beneath, 0o755), harness.BindTo(s.grove.root, beneath))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, harness.Detach(beneath)) }()
		root := other
		if !key.IsRoot() {
			// The tree as it will be: that folder in the place of the other one.
			root = filepath.Join(disk, "whole")
			if err := errors.Join(os.Mkdir(root, 0o755), harness.BindTo(s.grove.root, root), harness.BindTo(other, filepath.Join(root, filepath.Base(at)))); err != nil {
				return err
			}
			defer func() {
				err = errors.Join(err, harness.Detach(filepath.Join(root, filepath.Base(at))), harness.Detach(root))
			}()
		}
		if err := s.comesUp(w, key, root, func() error { return harness.BindTo(other, at) }); err != nil {
			return err
		}
		s.journal.note(key, "it is unmounted again")
		return s.comesUp(w, key, beneath, func() error { return harness.Detach(at) })
	})
	s.mounted(w, err)
}

// comesUp has another tree come up in the place of the root, or another folder in that
// of an app folder. Each daemon takes it if it is what it has in memory, and otherwise
// changes nothing until it is told to take it.
func (s *soak) comesUp(w *writer, key session.Key, other string, mount func() error) error {
	after, err := readTree(other)
	if err != nil {
		return err
	}
	isWhole := func(key session.Key) bool {
		data, there := after[key]
		return there && verdict(key, data) == 0
	}
	isSame := make(map[*lives]bool)
	for _, l := range s.daemons {
		var sessions int
		if isSame[l], sessions = s.isSameTree(l, after, key); isSame[l] && sessions > 0 {
			l.life().memory.admitNoneBefore(time.Now().Add(soakSettleMany))
		}
	}
	if err := s.ledger.exchange(s.grove.keys(), isWhole, mount); err != nil {
		return fmt.Errorf("cannot mount: %w", err)
	}
	for _, l := range s.daemons {
		if isSame[l] {
			switch {
			case !key.IsRoot(): // no event tells of it; the pass that takes it marks nothing
				l.ask(s.ctx, "refresh", func(ctx context.Context, one *life) error { _, err := one.Refresh(ctx); return err })
			case w.one(2):
				l.refresh(s.ctx)
			}
			continue
		}
		s.count("take-root")
		l.awaitRefusal(key)
		l.ask(s.ctx, "take-root", func(ctx context.Context, one *life) error {
			one.memory.ask()
			_, err := one.TakeRoot(ctx)
			return err
		})
	}
	s.rest()
	for _, l := range s.daemons {
		l.refresh(s.ctx) // nothing may have told of the mount yet
	}
	// It is the tree: edits are seen.
	for range 5 {
		a := s.grove.apps[w.random.IntN(len(s.grove.apps))]
		if a.back == nil {
			err = errors.Join(err, w.save(a.files[w.random.IntN(len(a.files))], whole))
		}
	}
	s.rest()
	return err
}

// awaitRefusal waits until a daemon says that another tree is mounted, and insists that
// it changes nothing then.
func (l *lives) awaitRefusal(key session.Key) {
	l.keepsAll(key)
	if key.IsRoot() {
		l.awaitOtherMount(key)
	}
	pause(l.ctx, 2*soakSettle)
	l.keepsAll(key)
}

func (l *lives) awaitOtherMount(key session.Key) {
	var last api.Status
	met := within(restPatience, func() bool {
		status, err := l.life().Now()
		last = status
		return l.ctx.Err() != nil || err == nil && harness.IsUnreadable(&status, key, syscall.EXDEV)
	})
	if !met {
		l.diverge(key, "--admit %s: it does not say that it is on another mount: %s", l.admit, canonical(last))
	}
}

// isSameTree is the rule of the contract's section 3 about what is mounted: for at least
// half of the sessions there is a valid file, and half of these have the content that is
// in memory. It returns how many sessions there are, too.
func (s *soak) isSameTree(l *lives, tree map[session.Key][]byte, beneath session.Key) (is bool, sessions int) {
	valid, same := 0, 0
	told, _, _ := l.life().memory.now(0)
	for key := range told {
		if !beneath.IsRoot() && key.App != beneath.App {
			continue
		}
		sessions++
		data, there := tree[key]
		if !there || verdict(key, data) != 0 {
			continue
		}
		valid++
		if bytes.Equal(s.tree[key], data) {
			same++
		}
	}
	return 2*valid >= sessions && 2*same >= valid, sessions
}

// mounted ends a scene with mounts: what a mount has in addition is admitted after a
// while.
func (s *soak) mounted(w *writer, mistake error) {
	if mistake != nil {
		s.diverge(session.Key{}, "the soak itself cannot mount: %v", mistake)
		return
	}
	w.sleep(soakSettleMany)
	s.rest()
	for _, l := range s.daemons {
		(&saboteur{lives: l, random: w.random}).openAll()
	}
}

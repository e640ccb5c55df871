//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	stormRate = 5_000 // distinct names a second
	stormTime = 4 * time.Second
)

// storm measures what a daemon uses while files all over the tree are edited, each
// once, and how long after the last it is at rest and all edits are visible.
func (l *lab) storm(ctx context.Context, files int) error {
	editors, err := l.editors(ctx, layout{shape: l.shape, files: files, perFolder: folderSize})
	if err != nil {
		return err
	}
	defer editors.close()
	share := l.report.line("a storm of 5,000 names a second: share of a core", "%", "")
	rest := l.report.line("  at rest after", "s", "")
	rate := l.report.line("  names a second that were reached", "", "")
	n := min(files, int(stormRate*stormTime.Seconds()))
	for range l.rounds {
		for i, e := range editors.all {
			s := &flood{daemon: editors.daemons[i], editor: e, names: e.random.Perm(files)[:n], rate: stormRate}
			if err := s.run(ctx, func() error { return nil }); err != nil {
				return err
			}
			share.add(i, 100*s.meanwhile.Seconds()/s.edited.Seconds())
			rest.add(i, s.rest.Seconds())
			rate.add(i, float64(n)/s.edited.Seconds())
		}
	}
	return nil
}

// flood edits many files, each once.
type flood struct {
	*daemon
	editor *editor
	names  []int // sessions of the tree
	rate   int   // at most so many a second; 0 for as many as can be

	edited    time.Duration // how long the edits went on
	meanwhile time.Duration // on a processor, by the daemon
	all       time.Duration // the same, until it was at rest
	rest      time.Duration // from the last edit until it was at rest
}

// run makes the edits, and waits until they are visible, the daemon is at rest and
// something else that is waited for has happened.
func (f *flood) run(ctx context.Context, other func() error) error {
	f.editor.believe = true
	edits, err := f.stage()
	if err != nil {
		return err
	}
	if _, err := f.atRest(ctx); err != nil {
		return err
	}
	before, err := activityOf(f.pid())
	if err != nil {
		return err
	}
	began := time.Now()
	for done, s := range edits {
		if f.rate > 0 {
			due := time.Duration(done) * time.Second / time.Duration(f.rate)
			if early := due - time.Since(began); early > time.Millisecond {
				if err := wait(ctx, early); err != nil {
					return err
				}
			}
		}
		f.editor.await(s.key, s.edited)
		if err := os.Rename(s.file, f.editor.tree.path(s.key)); err != nil {
			return fmt.Errorf("cannot save a session file: %w", err)
		}
	}
	f.edited = time.Since(began)
	meanwhile, err := activityOf(f.pid())
	if err != nil {
		return err
	}
	if err := f.editor.settled(ctx); err != nil {
		return err
	}
	if _, err := f.atRest(ctx); err != nil {
		return err
	}
	if err := other(); err != nil {
		return err
	}
	f.rest = time.Since(began) - f.edited
	after, err := activityOf(f.pid())
	f.meanwhile, f.all = meanwhile.onCPU-before.onCPU, after.onCPU-before.onCPU
	return err
}

// staged is an edit that only has to be renamed into the tree.
type staged struct {
	key    key
	edited *edited
	file   string
}

// stage writes the files of all edits beside the tree, so that the edits are as
// fast as they can be.
func (f *flood) stage() ([]staged, error) {
	dir := filepath.Join(f.editor.tree.outside(), "staged")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("cannot make a folder: %w", err)
	}
	var all []staged
	for n, i := range f.names {
		s := staged{file: filepath.Join(dir, strconv.Itoa(n))}
		var data []byte
		s.key, s.edited, data = f.editor.next(i)
		if err := os.WriteFile(s.file, data, 0o600); err != nil {
			return nil, fmt.Errorf("cannot write a file: %w", err)
		}
		all = append(all, s)
	}
	syscall.Sync() // else a file system writes each file out when it takes another's place
	return all, nil
}

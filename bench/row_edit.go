//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	// quiet is longer than events are gathered, so that each edit comes after a quiet
	// time, as a person's does.
	quiet = 350 * time.Millisecond
	// brisk is how far apart edits are that a program makes, or several people.
	brisk = 60 * time.Millisecond
)

// editToVisible measures how long edits of any files take to be visible: each
// alone, and 60 ms apart. The floor is a C program that waits for the same event
// and reads the file.
func (l *lab) editToVisible(ctx context.Context, files int) error {
	editors, err := l.editors(ctx, layout{shape: l.shape, files: files, perFolder: folderSize})
	if err != nil {
		return err
	}
	defer editors.close()
	type way struct {
		save         save
		apart        time.Duration
		middle, late *line
	}
	name := func(what, middle, late string, apart time.Duration, save save) way {
		return way{save, apart, l.report.percentile(50, "edit to visible, "+what+", p50", "ms", middle), l.report.percentile(99, "  p99", "ms", late)}
	}
	ways := []way{
		name("60 ms apart, renamed", "≤ 2", "≤ 10", brisk, rename),
		name("60 ms apart, in place", "≤ 5", "", brisk, rewrite(0)),
		name("alone, renamed", "", "", quiet, rename),
		name("alone, in place", "", "", quiet, rewrite(0)),
		name("alone, in place, empty for 5 ms", "", "", quiet, rewrite(5*time.Millisecond)),
	}
	floor := l.report.percentile(50, "  C floor (inotify, read), renamed, p50", "ms", "")
	for range l.rounds {
		for _, w := range ways {
			for i, e := range editors.all {
				took, err := e.several(ctx, l.edits, w.apart, e.anyFile, w.save)
				if err != nil {
					return err
				}
				w.middle.add(i, took...)
				w.late.add(i, took...)
			}
		}
		took, err := l.floorEdits(ctx, editors.all[0], l.edits)
		if err != nil {
			return err
		}
		floor.add(0, took...)
	}
	return nil
}

// floorEdits measures how long the floor program takes to have read a file that is
// renamed into a folder.
func (l *lab) floorEdits(ctx context.Context, e *editor, n int) ([]float64, error) {
	dir := filepath.Join(e.tree.outside(), "floor")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("cannot make a folder for the floor: %w", err)
	}
	floor, err := startBackground(ctx, l.floor, "watch", dir)
	if err != nil {
		return nil, err
	}
	defer floor.end()
	if _, err := floor.next(); err != nil {
		return nil, err
	}
	var took []float64
	for range n {
		if err := wait(ctx, brisk); err != nil {
			return nil, err
		}
		k, data := e.tree.session(e.anyFile(), 0)
		began, err := rename(filepath.Join(dir, k.id), data)
		if err != nil {
			return nil, fmt.Errorf("cannot save a file for the floor: %w", err)
		}
		if _, err := floor.next(); err != nil {
			return nil, err
		}
		took = append(took, milliseconds(time.Since(began)))
	}
	return took, os.RemoveAll(dir)
}

// editBeside measures the same for the edits of one file, 60 ms apart, while
// another folder gets 50 edits a second.
func (l *lab) editBeside(ctx context.Context, files int) error {
	editors, err := l.editors(ctx, layout{shape: l.shape, files: files, perFolder: min(folderSize, files/2)})
	if err != nil {
		return err
	}
	defer editors.close()
	renamed := l.report.percentile(50, "edits of one file beside 50 a second elsewhere, renamed, p50", "ms", "≤ 4")
	late := l.report.percentile(99, "  p99", "ms", "≤ 20")
	inPlace := l.report.percentile(50, "  in place, p50", "ms", "≤ 10")
	late2 := l.report.percentile(99, "  p99", "ms", "")
	oneFile := func() int { return 0 }
	for range l.rounds {
		for i, e := range editors.all {
			others, err := l.startOthers(ctx, e.tree)
			if err != nil {
				return err
			}
			byRename, err := e.several(ctx, l.edits, brisk, oneFile, rename)
			byRewrite, err2 := e.several(ctx, l.edits, brisk, oneFile, rewrite(0))
			if err := errors.Join(err, err2, others.end()); err != nil {
				return err
			}
			renamed.add(i, byRename...)
			late.add(i, byRename...)
			inPlace.add(i, byRewrite...)
			late2.add(i, byRewrite...)
		}
	}
	return nil
}

// others edit the second folder of a tree.
type others struct {
	cancel context.CancelFunc
	failed chan error
}

func (l *lab) startOthers(ctx context.Context, t *tree) (*others, error) {
	ctx, cancel := context.WithCancel(ctx)
	o := &others{cancel, make(chan error, 1)}
	e := l.newBlindEditor(t)
	go func() {
		clock := time.NewTicker(time.Second / 50)
		defer clock.Stop()
		var err error
		for err == nil {
			select {
			case <-ctx.Done():
				o.failed <- nil
				return
			case <-clock.C:
				_, err = e.one(t.perFolder+e.random.IntN(min(t.perFolder, t.files-t.perFolder)), rename)
			}
		}
		o.failed <- err
	}()
	return o, wait(ctx, time.Second) // it goes on for a while before it matters
}

func (o *others) end() error {
	o.cancel()
	return <-o.failed
}

// editors are a daemon of each binary, each with a tree and an editor of its own.
type editors struct {
	daemons []*daemon
	all     []*editor
}

func (l *lab) editors(ctx context.Context, y layout) (*editors, error) {
	trees, err := l.twins(ctx, y)
	if err != nil {
		return nil, err
	}
	made := &editors{}
	if made.daemons, err = l.starts(ctx, trees); err != nil {
		return nil, err
	}
	for i, d := range made.daemons {
		e, err := l.newEditor(d, trees[i])
		if err != nil {
			made.close()
			return nil, err
		}
		made.all = append(made.all, e)
	}
	return made, nil
}

func (e *editors) close() {
	for _, one := range e.all {
		one.close()
	}
	endAll(e.daemons)
}

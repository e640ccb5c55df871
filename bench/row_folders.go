//go:build linux

package main

import (
	"context"
	"time"
)

// manyFolders measures a tree of many small app folders: five files each.
func (l *lab) manyFolders(ctx context.Context, files int) error {
	y := layout{shape: l.shape, files: files, perFolder: 5}
	trees, err := l.twins(ctx, y)
	if err != nil {
		return err
	}
	pause := 10 * time.Second
	if l.small {
		pause = time.Second
	}
	at := thousands(trees[0].folders()) + " folders of five files: "
	pass := l.report.line(at+"full pass / C floor (statx)", "×", "≤ 1.6")
	edit := l.report.percentile(50, "  edit to visible, alone, renamed, p50", "ms", "≤ 2")
	share := l.report.line("  idle, share of a core", "%", "≤ 0.2")
	memory := l.report.line("  resident memory beyond an empty daemon", "bytes a session", "≤ 1,200")

	askers, err := l.askers(ctx, trees)
	if err != nil {
		return err
	}
	defer askers.close()
	for range l.rounds {
		for i, a := range askers {
			floor, err := l.floorPass(ctx, "look", trees[i])
			if err != nil {
				return err
			}
			took, err := timedPass(a.wire, files)
			if err != nil {
				return err
			}
			pass.add(i, float64(took)/float64(floor))
		}
	}
	var daemons []*daemon
	for i, a := range askers {
		daemons = append(daemons, a.daemon)
		full, err := residentBytes(a.pid())
		if err != nil {
			return err
		}
		none, err := l.life(ctx, i, l.emptyRoot(), 0)
		if err != nil {
			return err
		}
		memory.add(i, (full-none.resident)/float64(files))
	}
	idle, err := idleUsage(ctx, daemons, pause)
	if err != nil {
		return err
	}
	for i := range idle {
		share.add(i, idle[i].share*100)
	}
	for i, d := range daemons {
		if err := l.alone(ctx, d, trees[i], func(took []float64) { edit.add(i, took...) }); err != nil {
			return err
		}
	}
	return nil
}

// alone makes edits, each after a quiet time.
func (l *lab) alone(ctx context.Context, d *daemon, t *tree, add func([]float64)) error {
	e, err := l.newEditor(d, t)
	if err != nil {
		return err
	}
	defer e.close()
	took, err := e.several(ctx, l.edits, quiet, e.anyFile, rename)
	add(took)
	return err
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// watched is what a watch pass for one edited file costs.
type watched struct {
	calls       calls
	total       float64
	allocations float64
	bytes       float64
	passes      float64
}

// watchPass counts what the daemon does for one file that is renamed into place:
// its system calls, by strace, and its allocations, in a counted daemon. The
// timers are off, so that nothing else happens.
func (l *lab) watchPass(ctx context.Context, files int) error {
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	now, err := l.watchedCalls(ctx, t)
	if err != nil {
		return err
	}
	if now.allocations, now.bytes, err = l.watchedAllocations(ctx, t); err != nil {
		return err
	}
	at := thousands(files)
	l.say("watch pass at %s: %s", at, now.calls)
	l.report.add("watch pass for one edit, "+at+": system calls", "calls", "the same", []float64{now.total})
	l.report.add("watch pass for one edit, "+at+": allocations", "allocations", "the same", []float64{now.allocations})
	l.report.keep("watch pass allocated bytes "+at, []float64{now.bytes})
	l.report.hold("passes for one edit, "+at, now.passes, 2)
	if files == l.sizes.low {
		l.least = now
	} else if l.least.total > 0 {
		// What the store shares between two states is cut into more parts in a larger one.
		l.report.hold("system calls of a watch pass, "+at+" / "+thousands(l.sizes.low), now.total/l.least.total, 1.1)
		l.report.hold("allocations of a watch pass, "+at+" / "+thousands(l.sizes.low), now.allocations/l.least.allocations, 1.1)
	}
	return nil
}

// countedEdits is over how many edits system calls and allocations are counted.
const countedEdits = 11

func (l *lab) watchedCalls(ctx context.Context, t *tree) (w watched, err error) {
	d, err := l.startDaemon(ctx, t.root, "--poll", "1h", "--resync", "0")
	if err != nil {
		return w, err
	}
	defer d.end()
	e, err := l.newEditor(ctx, d, t)
	if err != nil {
		return w, err
	}
	defer e.close()
	way := &edit{save: renameFrom(filepath.Dir(t.root))}
	if err := e.edit(ctx, way); err != nil { // the first one starts threads and fills pools
		return w, err
	}
	before, err := d.atRest(ctx)
	if err != nil {
		return w, err
	}
	trace, err := l.trace(ctx, d.pid())
	if err != nil {
		return w, err
	}
	var edits error
	for range countedEdits {
		edits = errors.Join(edits, e.unchecked(ctx, way))
	}
	if w.calls, err = trace.end(); err != nil || edits != nil {
		return w, errors.Join(err, edits)
	}
	after, err := d.atRest(ctx)
	if err != nil {
		return w, err
	}
	w.passes = float64(after.Passes-before.Passes) / countedEdits
	w.calls = w.calls.by(countedEdits)
	w.total = w.calls.total()
	return w, nil
}

func (l *lab) watchedAllocations(ctx context.Context, t *tree) (allocations, bytes float64, err error) {
	d, err := l.startCounted(ctx, t.root, "SESSIOND_POLL=1h", "SESSIOND_RESYNC=0")
	if err != nil {
		return 0, 0, err
	}
	defer d.end()
	e, err := l.newEditor(ctx, d.daemon, t)
	if err != nil {
		return 0, 0, err
	}
	defer e.close()
	way := &edit{save: renameFrom(filepath.Dir(t.root))}
	var each, size []float64
	for range countedEdits {
		n, b, err := d.numbers("memory")
		if err != nil {
			return 0, 0, err
		}
		if err := e.unchecked(ctx, way); err != nil {
			return 0, 0, err
		}
		if err := wait(ctx, quiet); err != nil { // whatever an edit is followed by
			return 0, 0, err
		}
		n2, b2, err := d.numbers("memory")
		if err != nil {
			return 0, 0, err
		}
		each, size = append(each, n2-n), append(size, b2-b)
	}
	return spreadOf(each).Median, spreadOf(size).Median, nil
}

// renameFrom saves a file by renaming one from another folder into its place,
// which gives one event and no other.
func renameFrom(dir string) func(path string, data []byte) (began, error) {
	return func(path string, data []byte) (began, error) {
		temporary := filepath.Join(dir, "edited")
		if err := os.WriteFile(temporary, data, 0o600); err != nil {
			return began{}, fmt.Errorf("cannot write a file: %w", err)
		}
		return renameTo(temporary, path)
	}
}

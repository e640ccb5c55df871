//go:build linux

package main

import (
	"context"
	"errors"
)

// watched is what a watch pass for one edited file costs.
type watched struct {
	calls       calls
	total       float64
	allocations float64
	passes      float64
}

// watchPass counts what the daemon does for one file that is renamed into place:
// its system calls, by strace, and its allocations, in a counted daemon. The
// timers are off, so that nothing else happens.
func (l *lab) watchPass(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	now, err := l.watchedCalls(ctx, t)
	if err != nil {
		return err
	}
	if now.allocations, err = l.watchedAllocations(ctx, t); err != nil {
		return err
	}
	at := thousands(files)
	l.say("watch pass at %s: %s", at, now.calls)
	l.report.line("watch pass for one edit, "+at+": system calls", "calls", "the same").add(0, now.total)
	l.report.line("watch pass for one edit, "+at+": allocations", "allocations", "the same").add(0, now.allocations)
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
	d, err := l.start(ctx, 0, t.root, "--poll", "1h", "--resync", "0")
	if err != nil {
		return w, err
	}
	defer d.end()
	e, err := l.newEditor(d, t)
	if err != nil {
		return w, err
	}
	defer e.close()
	save := renameFrom(t.outside())
	if _, err := e.several(ctx, 1, quiet, e.anyFile, save); err != nil { // the first one starts threads and fills pools
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
	e.believe = true // a GET would be counted, too
	_, edits := e.several(ctx, countedEdits, quiet, e.anyFile, save)
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

func (l *lab) watchedAllocations(ctx context.Context, t *tree) (float64, error) {
	d, err := l.startCounted(ctx, t.root, "SESSIOND_POLL=1h", "SESSIOND_RESYNC=0")
	if err != nil {
		return 0, err
	}
	defer d.end()
	e, err := l.newEditor(d.daemon, t)
	if err != nil {
		return 0, err
	}
	defer e.close()
	e.believe = true
	var each []float64
	for range countedEdits {
		before, err := d.number("memory")
		if err != nil {
			return 0, err
		}
		if _, err := e.several(ctx, 1, quiet, e.anyFile, renameFrom(t.outside())); err != nil {
			return 0, err
		}
		if err := wait(ctx, quiet); err != nil { // whatever an edit is followed by
			return 0, err
		}
		after, err := d.number("memory")
		if err != nil {
			return 0, err
		}
		each = append(each, after-before)
	}
	return percentile(each, 50), nil
}

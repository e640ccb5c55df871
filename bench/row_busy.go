//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// requestsInPass measures the latency of GET while passes run, one after another
// without a pause; for the bare handler, while the floor program does the same
// work.
func (l *lab) requestsInPass(ctx context.Context, files int) error {
	long := 4 * time.Second
	if l.small {
		long = time.Second
	}
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	p, err := l.newPairs(ctx, t)
	if err != nil {
		return err
	}
	defer p.close()
	late := l.report.line("GET while passes over "+thousands(files)+" run, p99 / bare beside C floor", "×", "≤ 30")
	middle := l.report.line("  p50", "×", "")
	for range l.rounds {
		if err := l.besideFloor(ctx, p.theirs, t, long); err != nil {
			return err
		}
		for i, ours := range p.ours {
			if err := besidePasses(p.askers[i], ours, t, long); err != nil {
				return err
			}
			late.add(i, percentile(ours.durations, 99)/percentile(p.theirs.durations, 99))
			middle.add(i, percentile(ours.durations, 50)/percentile(p.theirs.durations, 50))
		}
	}
	return nil
}

// besideFloor asks while the floor program looks at the tree again and again.
func (l *lab) besideFloor(ctx context.Context, r *reader, t *tree, long time.Duration) error {
	floor, err := startBackground(ctx, l.floor, "look", t.root, "2", "loop")
	if err != nil {
		return err
	}
	defer floor.end()
	go func() {
		for _, err := floor.next(); err == nil; { // it must not wait for a reader
			_, err = floor.next()
		}
	}()
	r.forget()
	for end := time.Now().Add(long); time.Now().Before(end); {
		if err := r.ask(); err != nil {
			return err
		}
	}
	return nil
}

// besidePasses asks while full passes run. A request counts if a pass was asked
// for and not answered when it began.
func besidePasses(a asker, r *reader, t *tree, long time.Duration) error {
	end := time.Now().Add(long)
	failed := make(chan error, 1)
	go func() {
		var err error
		for err == nil && time.Now().Before(end) {
			_, err = timedPass(a.wire, t.files)
		}
		failed <- err
	}()
	r.forget()
	for {
		select {
		case err := <-failed:
			if err != nil {
				return fmt.Errorf("cannot pass meanwhile: %w", err)
			}
			return nil
		default:
			if err := r.ask(); err != nil {
				return err
			}
		}
	}
}

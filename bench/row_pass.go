//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// fullPass measures a pass over a tree in which nothing changed: asked for over a
// kept-alive connection, until the whole answer has come.
func (l *lab) fullPass(ctx context.Context, files int) error {
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	d, err := l.startDaemon(ctx, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	if err := d.aged(ctx, files); err != nil {
		return err
	}
	asking, err := dialWire(d.socket)
	if err != nil {
		return err
	}
	defer asking.close()
	// The daemon waits for a first request for some seconds only, and the others of a
	// round may take longer.
	if _, err := timedPass(asking, files); err != nil {
		return err
	}

	var floor, find, pass []float64
	for range l.rounds {
		looked, err := l.floorPass(ctx, "look", t)
		if err != nil {
			return err
		}
		found, err := timed(ctx, "find", t.root, "-printf", `%s %T@ %C@ %i %p\n`)
		if err != nil {
			return err
		}
		passed, err := timedPass(asking, files)
		if err != nil {
			return err
		}
		floor, find, pass = append(floor, float64(looked)), append(find, float64(found)), append(pass, float64(passed))
	}
	at := thousands(files)
	l.report.add("full pass, "+at+" unchanged / find -printf", "×", "0.45", ratios(pass, find))
	l.report.add("full pass, "+at+" unchanged / C floor (statx)", "×", "1.2", ratios(pass, floor))
	l.report.keep("full pass "+at, pass)
	l.report.keep("find "+at, find)
	l.report.keep("floor look "+at, floor)
	return nil
}

// timedPass asks for a full pass, which must find nothing changed.
func timedPass(asking *wire, files int) (time.Duration, error) {
	refresh := request("POST", "/v1/refresh")
	began := time.Now()
	body, err := asking.do(refresh)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	var r session.Report
	if err := json.Unmarshal(body, &r); err != nil {
		return 0, fmt.Errorf("cannot read a report: %w", err)
	}
	if r.Unchanged != files {
		return 0, fmt.Errorf("a pass over %d files found %d unchanged", files, r.Unchanged)
	}
	return took, nil
}

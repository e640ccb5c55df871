//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// fullPass measures a pass over a tree in which nothing changed.
func (l *lab) fullPass(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	askers, err := l.askers(ctx, l.each(t))
	if err != nil {
		return err
	}
	defer askers.close()
	at := thousands(files)
	byFind := l.report.line("full pass, "+at+" unchanged / find -printf", "×", "≤ 0.48")
	byFloor := l.report.line("full pass, "+at+" unchanged / C floor (statx)", "×", "≤ 1.35")
	for range l.rounds {
		looked, err := l.floorPass(ctx, "look", t)
		if err != nil {
			return err
		}
		found, err := timed(ctx, "find", t.root, "-printf", `%s %T@ %C@ %i %p\n`)
		if err != nil {
			return err
		}
		for i, a := range askers {
			passed, err := timedPass(a.wire, files)
			if err != nil {
				return err
			}
			byFind.add(i, float64(passed)/float64(found))
			byFloor.add(i, float64(passed)/float64(looked))
		}
	}
	return nil
}

// each returns the same tree for each binary, for what changes nothing in it.
func (l *lab) each(t *tree) []*tree { return slices.Repeat([]*tree{t}, len(l.binaries)) }

// asker is a daemon that believes its files' signatures, and a connection to it.
type asker struct {
	*daemon
	wire *wire
}

type askers []asker

// askers starts a daemon of each binary and makes the passes that no figure may
// have in it.
func (l *lab) askers(ctx context.Context, trees []*tree) (askers, error) {
	daemons, err := l.starts(ctx, trees)
	if err != nil {
		return nil, err
	}
	var all askers
	for i, t := range trees {
		w, err := daemons[i].agedWire(ctx, t.files)
		if err != nil {
			endAll(daemons)
			return nil, err
		}
		all = append(all, asker{daemons[i], w})
	}
	return all, nil
}

// agedWire makes a daemon believe its files' signatures, and connects to it.
func (d *daemon) agedWire(ctx context.Context, files int) (*wire, error) {
	if err := d.aged(ctx, files); err != nil {
		return nil, err
	}
	w, err := dialWire(d.socket)
	if err != nil {
		return nil, err
	}
	// The daemon waits for a first request for some seconds only, and the others of a
	// round may take longer.
	_, err = timedPass(w, files)
	return w, err
}

func (all askers) close() {
	for _, a := range all {
		a.wire.close()
		a.end()
	}
}

// timedPass asks for a full pass, which must find nothing changed, and returns how
// long it took until the whole answer had come.
func timedPass(asking *wire, files int) (time.Duration, error) {
	refresh := request("POST", "/v1/refresh")
	began := time.Now()
	body, err := asking.do(refresh)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	var r struct {
		Checked   int `json:"checked"`
		Unchanged int `json:"unchanged"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return 0, fmt.Errorf("cannot read a report: %w", err)
	}
	if r.Checked != files || r.Unchanged != files {
		return 0, fmt.Errorf("a pass over %d files checked %d and found %d unchanged", files, r.Checked, r.Unchanged)
	}
	return took, nil
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// startUp measures from before the daemon's process is started until it says that
// it is ready, and what its memory comes to after five passes.
func (l *lab) startUp(ctx context.Context, files int) error {
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	var floor, start, each, anonymous, peak []float64
	for range l.rounds {
		read, err := l.floorPass(ctx, "read", t)
		if err != nil {
			return err
		}
		full, err := l.life(ctx, t.root, files)
		if err != nil {
			return err
		}
		none, err := l.life(ctx, l.emptyRoot(), 0)
		if err != nil {
			return err
		}
		floor, start = append(floor, float64(read)), append(start, float64(full.ready))
		each = append(each, (full.resident-none.resident)/float64(files))
		anonymous = append(anonymous, (full.anonymous-none.anonymous)/float64(files))
		peak = append(peak, (full.peak-none.peak)/float64(files))
	}
	at := thousands(files)
	l.report.add("start to ready, "+at+" / C floor (read)", "×", "2.0", ratios(start, floor))
	l.report.add("resident memory beyond an empty daemon, "+at, "bytes a session", "700", each)
	l.report.add("  the same at its peak", "bytes a session", "", peak)
	l.report.keep("start to ready "+at, start)
	l.report.keep("floor read "+at, floor)
	l.report.keep("resident bytes a session "+at, each)
	l.report.keep("anonymous resident bytes a session "+at, anonymous)
	l.report.keep("peak resident bytes a session "+at, peak)
	return nil
}

// life is what one daemon's life came to.
type life struct {
	ready float64 // nanoseconds
	// Bytes, after five passes.
	resident, anonymous, peak float64
}

func (l *lab) life(ctx context.Context, root string, files int) (life, error) {
	d, err := l.startDaemon(ctx, root)
	if err != nil {
		return life{}, err
	}
	defer d.end()
	if err := d.aged(ctx, files); err != nil {
		return life{}, err
	}
	if err := d.refreshed(ctx, 3, files); err != nil {
		return life{}, err
	}
	now := life{ready: float64(d.ready)}
	for field, to := range map[string]*float64{"VmRSS": &now.resident, "RssAnon": &now.anonymous, "VmHWM": &now.peak} {
		if *to, err = statusBytes(d.pid(), field); err != nil {
			return life{}, err
		}
	}
	return now, nil
}

// statusBytes returns an amount of memory from /proc/PID/status.
func statusBytes(pid int, field string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("cannot read the memory of a process: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, field+":"); found {
			kilobytes, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kilobytes * 1024, err
		}
	}
	return 0, fmt.Errorf("cannot find %s of process %d", field, pid)
}

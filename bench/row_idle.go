//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// idle measures daemons that nobody asks anything, over a tree in which nothing
// changes: how much of a core they use, and how often their threads are switched to
// (each is a wake-up, or the end of a time slice). Once with the timers as they are,
// and once with timers that do not fire meanwhile, when nothing may wake them.
func (l *lab) idle(ctx context.Context, files int) error {
	long, short := 30*time.Second, 10*time.Second
	if l.small {
		long, short = 2*time.Second, time.Second
	}
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	usual, err := l.rest(ctx, t, long)
	if err != nil {
		return err
	}
	timeless, err := l.rest(ctx, t, short, "--poll", "1h", "--resync", "0")
	if err != nil {
		return err
	}
	share := l.report.line("idle, share of a core", "%", "< 0.2")
	polled := l.report.line("idle, wake-ups (a poll every 2 s)", "a second", "only timers")
	none := l.report.line("idle, wake-ups, no timer due", "a second", "0")
	for i := range l.binaries {
		share.add(i, usual[i].share*100)
		polled.add(i, usual[i].switches)
		none.add(i, timeless[i].switches)
	}
	return nil
}

// usage is what a daemon does in a second.
type usage struct{ switches, share float64 }

// rest has a daemon of each binary rest, and returns what each did.
func (l *lab) rest(ctx context.Context, t *tree, long time.Duration, args ...string) ([]usage, error) {
	daemons, err := l.starts(ctx, l.each(t), args...)
	if err != nil {
		return nil, err
	}
	defer endAll(daemons)
	for _, d := range daemons {
		if err := d.aged(ctx, t.files); err != nil {
			return nil, err
		}
	}
	return idleUsage(ctx, daemons, long)
}

// idleUsage returns what each of some daemons does in a second while nobody asks
// it anything.
func idleUsage(ctx context.Context, daemons []*daemon, long time.Duration) ([]usage, error) {
	if err := wait(ctx, long/2); err != nil { // what follows a pass: memory is given back
		return nil, err
	}
	before := make([]activity, len(daemons))
	for i, d := range daemons {
		var err error
		if before[i], err = activityOf(d.pid()); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	if err := wait(ctx, long); err != nil {
		return nil, err
	}
	took := time.Since(began).Seconds()
	all := make([]usage, len(daemons))
	for i, d := range daemons {
		after, err := activityOf(d.pid())
		if err != nil {
			return nil, err
		}
		all[i] = usage{
			switches: (after.switches - before[i].switches) / took,
			share:    (after.onCPU - before[i].onCPU).Seconds() / took,
		}
	}
	return all, nil
}

// activity is what the threads of a process have done so far.
type activity struct {
	switches float64
	onCPU    time.Duration
}

func activityOf(pid int) (activity, error) {
	var a activity
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil {
		return a, err
	}
	for _, thread := range threads {
		status, err := os.ReadFile(filepath.Join(thread, "status"))
		if err != nil {
			return a, fmt.Errorf("cannot read the switches of a thread: %w", err)
		}
		for line := range strings.Lines(string(status)) {
			if name, value, found := strings.Cut(line, ":"); found && strings.HasSuffix(name, "voluntary_ctxt_switches") {
				n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
				if err != nil {
					return a, err
				}
				a.switches += n
			}
		}
		times, err := os.ReadFile(filepath.Join(thread, "schedstat"))
		if err != nil {
			return a, fmt.Errorf("cannot read the time of a thread: %w", err)
		}
		n, err := strconv.ParseInt(strings.Fields(string(times))[0], 10, 64)
		if err != nil {
			return a, err
		}
		a.onCPU += time.Duration(n)
	}
	return a, nil
}

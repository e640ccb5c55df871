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

// idle measures a daemon that nobody asks anything, over a tree in which nothing
// changes: how often its threads are switched to (each is a wake-up, or the end of
// a time slice), and how much of a core they use. Once with the timers as they
// are, and once with timers that do not fire meanwhile, when nothing may wake it.
func (l *lab) idle(ctx context.Context, files int) error {
	long, short := 30*time.Second, 10*time.Second
	if l.small {
		long, short = 2*time.Second, time.Second
	}
	t, err := l.tree(ctx, files)
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
	l.report.add("idle, share of a core", "%", "0.2", []float64{usual.share * 100})
	l.report.add("idle, wake-ups (a poll every 2 s)", "a second", "only timers", []float64{usual.switches})
	l.report.add("idle, wake-ups, no timer due", "a second", "0", []float64{timeless.switches})
	return nil
}

// resting is what a daemon does in a second.
type resting struct{ switches, share float64 }

func (l *lab) rest(ctx context.Context, t *tree, long time.Duration, args ...string) (resting, error) {
	d, err := l.startDaemon(ctx, t.root, args...)
	if err != nil {
		return resting{}, err
	}
	defer d.end()
	if err := d.aged(ctx, t.files); err != nil {
		return resting{}, err
	}
	d.Close()                                 // the connection of the client, too
	if err := wait(ctx, long/2); err != nil { // what follows a pass: memory is given back
		return resting{}, err
	}
	before, err := activityOf(d.pid())
	if err != nil {
		return resting{}, err
	}
	began := time.Now()
	if err := wait(ctx, long); err != nil {
		return resting{}, err
	}
	after, err := activityOf(d.pid())
	took := time.Since(began).Seconds()
	return resting{
		switches: (after.switches - before.switches) / took,
		share:    (after.onCPU - before.onCPU) / 1e9 / took,
	}, err
}

// activity is what the threads of a process have done so far.
type activity struct {
	switches float64
	onCPU    float64 // nanoseconds
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
		n, err := strconv.ParseFloat(strings.Fields(string(times))[0], 64)
		if err != nil {
			return a, err
		}
		a.onCPU += n
	}
	return a, nil
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// What may be counted at most. These are held on every machine, unlike times.
const (
	maxPassCalls   = 1.2  // system calls a file of a full pass: one statx, a listing now and then
	maxLoadCalls   = 5.2  // of the first load
	maxPassAllocs  = 0.3  // allocations a file of a full pass
	maxHeap        = 875  // bytes in use a session of 600 bytes, after two garbage collections, with the log of the load
	maxReportBytes = 1024 // of the answer to a refresh that found nothing

	// Every shape of a compliant file takes the same way. What has to ask for the full
	// check takes hundreds of allocations.
	maxShapeAllocs = 13  // allocations a file of the first load: 6 to 11, where the full validator takes 350 or more
	maxShapeCalls  = 1.1 // system calls of the first load, the worst shape / the best
)

// counts counts what does not depend on how fast a machine is.
func (l *lab) counts(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	for _, counting := range []func(context.Context, *tree) error{l.passCalls, l.loadCalls, l.passMemory} {
		if err := counting(ctx, t); err != nil {
			return err
		}
	}
	return l.shapeCounts(ctx, files/4)
}

// countedPasses is over how many full passes is counted.
const countedPasses = 5

// passCalls counts the system calls of full passes, the passes and the bytes of
// an answer.
func (l *lab) passCalls(ctx context.Context, t *tree) error {
	d, err := l.start(ctx, 0, t.root, "--poll", "1h", "--resync", "0")
	if err != nil {
		return err
	}
	defer d.end()
	if err := d.aged(ctx, t.files); err != nil {
		return err
	}
	before, err := d.atRest(ctx)
	if err != nil {
		return err
	}
	asking, err := dialWire(d.socket)
	if err != nil {
		return err
	}
	defer asking.close()
	trace, err := l.trace(ctx, d.pid())
	if err != nil {
		return err
	}
	bytes := 0
	for range countedPasses {
		var body []byte
		if body, err = asking.do(request("POST", "/v1/refresh")); err != nil {
			break
		}
		bytes = max(bytes, len(body))
	}
	found, ended := trace.end()
	if err != nil || ended != nil {
		return fmt.Errorf("cannot count a pass: %w, %w", err, ended)
	}
	after, err := d.atRest(ctx)
	if err != nil {
		return err
	}
	each := found.by(float64(countedPasses * t.files))
	l.say("full pass, system calls a file: %s", each)
	l.report.hold("full pass, system calls a file", each.total(), maxPassCalls)
	l.report.hold("passes for five requests", float64(after.Passes-before.Passes), countedPasses)
	l.report.hold("bytes of the answer to a refresh", float64(bytes), maxReportBytes)
	return nil
}

// loadCalls counts the system calls of the first load: those of a daemon's whole
// life without those of one over an empty root.
func (l *lab) loadCalls(ctx context.Context, t *tree) error {
	none, err := l.lifeCalls(ctx, l.emptyRoot())
	if err != nil {
		return err
	}
	full, err := l.lifeCalls(ctx, t.root)
	if err != nil {
		return err
	}
	each := full.minus(none).by(float64(t.files))
	l.say("first load, system calls a file: %s", each)
	l.report.hold("first load, system calls a file", each.total(), maxLoadCalls)
	return nil
}

func (l *lab) lifeCalls(ctx context.Context, root string) (calls, error) {
	if !installed("strace") {
		return nil, errNoStrace
	}
	out := filepath.Join(l.temp, "strace")
	d, err := l.startAs(ctx, command(ctx, "strace", "-f", "-c", "-o", out, l.binaries[0],
		"run", "--root", root, "--poll", "1h", "--resync", "0"))
	if err != nil {
		return nil, err
	}
	s, err := d.status()
	if err != nil {
		return nil, err
	}
	if err := syscall.Kill(s.PID, syscall.SIGTERM); err != nil { // strace ends with it
		return nil, fmt.Errorf("cannot stop a traced daemon: %w", err)
	}
	<-d.ended
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("cannot read what strace counted: %w", err)
	}
	return parseCalls(string(text)), nil
}

// shapeCounts counts what the first load of each shape of file takes. What a daemon
// allocates once, whatever it loads, is what the load of few files takes.
func (l *lab) shapeCounts(ctx context.Context, files int) error {
	few := files / 5
	var most []float64
	for _, s := range shapes() {
		y := layout{shape: s.name, files: few, perFolder: folderSize}
		small, err := l.tree(ctx, y)
		if err != nil {
			return err
		}
		y.files = files
		large, err := l.tree(ctx, y)
		if err != nil {
			return err
		}
		called, err := l.lifeCalls(ctx, large.root)
		if err != nil {
			return err
		}
		least, err := l.loadAllocs(ctx, small.root)
		if err != nil {
			return err
		}
		allocated, err := l.loadAllocs(ctx, large.root)
		if err != nil {
			return err
		}
		most = append(most, called.total())
		l.report.hold("first load, shape "+s.name+": allocations a file", (allocated-least)/float64(files-few), maxShapeAllocs)
	}
	l.report.hold("first load, system calls: the worst shape / the best", slices.Max(most)/slices.Min(most), maxShapeCalls)
	return nil
}

// loadAllocs returns how many allocations a daemon makes until it is ready.
func (l *lab) loadAllocs(ctx context.Context, root string) (float64, error) {
	d, err := l.startCounted(ctx, root, "SESSIOND_POLL=1h", "SESSIOND_RESYNC=0")
	if err != nil {
		return 0, err
	}
	defer d.end()
	return d.number("memory")
}

// passMemory counts allocations and the heap.
func (l *lab) passMemory(ctx context.Context, t *tree) error {
	d, err := l.startCounted(ctx, t.root, "SESSIOND_POLL=1h", "SESSIOND_RESYNC=0")
	if err != nil {
		return err
	}
	defer d.end()
	if err := d.aged(ctx, t.files); err != nil {
		return err
	}
	before, err := d.number("memory")
	if err != nil {
		return err
	}
	if err := d.refreshed(countedPasses, t.files); err != nil {
		return err
	}
	after, err := d.number("memory")
	if err != nil {
		return err
	}
	heap, err := d.number("heap")
	if err != nil {
		return err
	}
	empty, err := l.startCounted(ctx, l.emptyRoot(), "SESSIOND_POLL=1h", "SESSIOND_RESYNC=0")
	if err != nil {
		return err
	}
	defer empty.end()
	none, err := empty.number("heap")
	if err != nil {
		return err
	}
	l.report.hold("full pass, allocations a file", (after-before)/float64(countedPasses*t.files), maxPassAllocs)
	l.report.hold("heap bytes a session, without those of an empty daemon", (heap-none)/float64(t.files), maxHeap)
	return nil
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// startUp measures from before the daemon's process is started until it says that
// it is ready, and what its memory comes to after five passes.
func (l *lab) startUp(ctx context.Context, files int) error {
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	at := thousands(files)
	ready := l.report.line("start to ready, "+at+" / C floor (read)", "×", "≤ 2.5")
	memory := l.report.line("resident memory beyond an empty daemon, "+at, "bytes a session", "≤ 800")
	for range l.rounds {
		floor, err := l.floorPass(ctx, "read", t)
		if err != nil {
			return err
		}
		for i := range l.binaries {
			full, err := l.life(ctx, i, t.root, files)
			if err != nil {
				return err
			}
			none, err := l.life(ctx, i, l.emptyRoot(), 0)
			if err != nil {
				return err
			}
			ready.add(i, full.ready/float64(floor))
			memory.add(i, (full.resident-none.resident)/float64(files))
		}
	}
	return nil
}

// shapesAlone measures the start over a tree of each shape, and how much longer
// the worst takes than the best, each by its median.
func (l *lab) shapesAlone(ctx context.Context, files int) error {
	names := shapeNames()
	if l.shape != mixed {
		names = []string{l.shape}
	}
	at := thousands(files)
	worst := l.report.line("start to ready, "+at+" of one shape: the worst / the best", "×", "≤ 1.5")
	var lines []*line
	for _, name := range names {
		lines = append(lines, l.report.line("  "+name+" / C floor (read)", "×", ""))
	}
	for range l.rounds {
		for n, name := range names {
			t, err := l.tree(ctx, layout{shape: name, files: files, perFolder: folderSize})
			if err != nil {
				return err
			}
			floor, err := l.floorPass(ctx, "read", t)
			if err != nil {
				return err
			}
			for i := range l.binaries {
				d, err := l.start(ctx, i, t.root)
				if err != nil {
					return err
				}
				d.end()
				lines[n].add(i, float64(d.ready)/float64(floor))
			}
		}
	}
	for i := range l.binaries {
		var medians []float64
		for _, shape := range lines {
			medians = append(medians, percentile(shape.Values[i], 50))
		}
		worst.add(i, slices.Max(medians)/slices.Min(medians))
	}
	return nil
}

// life is what one daemon's life came to.
type life struct {
	ready    float64 // nanoseconds
	resident float64 // bytes, after five passes
}

func (l *lab) life(ctx context.Context, binary int, root string, files int) (life, error) {
	d, err := l.start(ctx, binary, root)
	if err != nil {
		return life{}, err
	}
	defer d.end()
	if err := d.aged(ctx, files); err != nil {
		return life{}, err
	}
	if err := d.refreshed(3, files); err != nil {
		return life{}, err
	}
	resident, err := residentBytes(d.pid())
	return life{ready: float64(d.ready), resident: resident}, err
}

// residentBytes returns how much memory of a process is resident.
func residentBytes(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("cannot read the memory of a process: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kilobytes, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kilobytes * 1024, err
		}
	}
	return 0, fmt.Errorf("cannot find the memory of process %d", pid)
}

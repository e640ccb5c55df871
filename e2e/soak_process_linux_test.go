//go:build soak

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// footprint is what a process takes of the machine.
type footprint struct {
	RSS         int64          // bytes
	Descriptors map[string]int // by kind
	Watches     int            // of inotify
	CPU         time.Duration
}

// footprintOf reads it from /proc. The root is that of the tree: a descriptor
// beneath is a kind of its own.
func footprintOf(pid int, root string) (*footprint, error) {
	f := &footprint{Descriptors: make(map[string]int)}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	statm, err := os.ReadFile(filepath.Join(proc, "statm"))
	if err != nil {
		return nil, err
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		return nil, err
	}
	f.RSS = resident * int64(os.Getpagesize())
	if f.CPU, err = cpuTime(filepath.Join(proc, "stat")); err != nil {
		return nil, err
	}
	descriptors, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		return nil, err
	}
	for _, d := range descriptors {
		target, err := os.Readlink(filepath.Join(proc, "fd", d.Name()))
		if err != nil {
			continue // it was closed just now
		}
		kind, _, _ := strings.Cut(target, ":[")
		if strings.HasPrefix(target, filepath.Dir(root)) {
			kind = beneathRoot
		}
		f.Descriptors[kind]++
		if kind == "anon_inode:inotify" || target == "anon_inode:inotify" {
			info, err := os.ReadFile(filepath.Join(proc, "fdinfo", d.Name()))
			if err != nil {
				return nil, err
			}
			f.Watches += strings.Count(string(info), "inotify wd:")
		}
	}
	return f, nil
}

// cpuTime adds up the 14th and the 15th value of /proc/PID/stat, which are in
// ticks of 10 ms on every architecture.
func cpuTime(path string) (time.Duration, error) {
	stat, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name before may hold anything
	values := strings.Fields(rest)
	if len(values) < 13 {
		return 0, fmt.Errorf("cannot read %s", path)
	}
	user, errUser := strconv.Atoi(values[11])
	system, errSystem := strconv.Atoi(values[12])
	if errUser != nil || errSystem != nil {
		return 0, fmt.Errorf("cannot read %s", path)
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}

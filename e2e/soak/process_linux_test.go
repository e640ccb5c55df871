//go:build soak

package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sessiond/e2e/harness"
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
	if f.CPU, err = harness.CPUTime(pid); err != nil {
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

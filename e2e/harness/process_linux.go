package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// file reads one of the files that the kernel keeps about the daemon.
func (d *Daemon) file(t testing.TB, name ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"/proc", fmt.Sprint(d.PID())}, name...)...))
	Must(t, err)
	return string(text)
}

// Descriptors returns how many files the daemon has open.
func (d *Daemon) Descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.PID()))
	Must(t, err)
	return len(entries)
}

// Watched returns the inodes that the daemon has a watch on, as the kernel counts
// them, which is not what the daemon says.
func (d *Daemon) Watched(t testing.TB) map[uint64]bool {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fdinfo", d.PID())
	entries, err := os.ReadDir(folder)
	Must(t, err)
	inodes := make(map[uint64]bool)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			continue // closed since it was listed
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "inotify ") {
				continue
			}
			for field := range strings.FieldsSeq(line) {
				if hex, found := strings.CutPrefix(field, "ino:"); found {
					inode, err := strconv.ParseUint(hex, 16, 64)
					Must(t, err)
					inodes[inode] = true
				}
			}
		}
	}
	return inodes
}

// Memory returns one of the kernel's figures about the daemon's memory, in bytes:
// VmRSS is what it has now, VmHWM the most it ever had.
func (d *Daemon) Memory(t testing.TB, figure string) int {
	t.Helper()
	for line := range strings.Lines(d.file(t, "status")) {
		if text, found := strings.CutPrefix(line, figure+":"); found {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")))
			Must(t, err)
			return kib << 10
		}
	}
	t.Fatalf("the kernel tells no %s", figure)
	return 0
}

// CalmsDown waits until the daemon rests: until there was a second in which it did
// next to nothing. A loop that never ends keeps that from coming.
func (d *Daemon) CalmsDown(t testing.TB) {
	t.Helper()
	const restless = 50 * time.Millisecond // a loop between timers costs several times this
	var used time.Duration
	worked := func() time.Duration {
		spent, err := CPUTime(d.PID())
		Must(t, err)
		return spent
	}
	if !Eventually(func() bool {
		before := worked()
		time.Sleep(time.Second)
		used = worked() - before
		return used < restless
	}) {
		t.Errorf("the daemon does not rest: it worked for %v in the last second", used)
	}
}

// CPUTime returns how much processor time a process has used: the 14th and the 15th
// value of /proc/PID/stat, in ticks of 10 ms wherever Go runs.
func CPUTime(pid int) (time.Duration, error) {
	path := fmt.Sprintf("/proc/%d/stat", pid)
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

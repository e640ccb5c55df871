package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// file reads one of the files that the kernel keeps about the daemon.
func (d *daemon) file(t *testing.T, name ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"/proc", fmt.Sprint(d.pid())}, name...)...))
	must(t, err)
	return string(text)
}

// descriptors returns how many files the daemon has open.
func (d *daemon) descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.pid()))
	must(t, err)
	return len(entries)
}

// watched returns the inodes that the daemon has a watch on, as the kernel counts
// them, which is not what the daemon says.
func (d *daemon) watched(t *testing.T) map[uint64]bool {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fdinfo", d.pid())
	entries, err := os.ReadDir(folder)
	must(t, err)
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
					must(t, err)
					inodes[inode] = true
				}
			}
		}
	}
	return inodes
}

// memory returns one of the kernel's figures about the daemon's memory, in bytes:
// VmRSS is what it has now, VmHWM the most it ever had.
func (d *daemon) memory(t *testing.T, figure string) int {
	t.Helper()
	for line := range strings.Lines(d.file(t, "status")) {
		if text, found := strings.CutPrefix(line, figure+":"); found {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")))
			must(t, err)
			return kib << 10
		}
	}
	t.Fatalf("the kernel tells no %s", figure)
	return 0
}

// worked returns how much processor time the daemon has used.
func (d *daemon) worked(t *testing.T) time.Duration {
	t.Helper()
	const perSecond = 100 // what sysconf(_SC_CLK_TCK) is wherever Go runs
	text := d.file(t, "stat")
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	total := 0
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.Atoi(field)
		must(t, err)
		total += n
	}
	return time.Duration(total) * time.Second / perSecond
}

// calmsDown waits until the daemon rests: until there was a second in which it did
// next to nothing. A loop that never ends keeps that from coming.
func (d *daemon) calmsDown(t *testing.T) {
	t.Helper()
	const restless = 50 * time.Millisecond // a loop between timers costs several times this
	var used time.Duration
	if !eventually(func() bool {
		before := d.worked(t)
		time.Sleep(time.Second)
		used = d.worked(t) - before
		return used < restless
	}) {
		t.Errorf("the daemon does not rest: it worked for %v in the last second", used)
	}
}

// roomy returns a folder for tests that make very many files: in memory, where
// there is such a place, since a disk needs its time for each.
func roomy(t *testing.T) string {
	t.Helper()
	const inMemory = "/dev/shm"
	var fs unix.Statfs_t
	if err := unix.Statfs(inMemory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < 1<<30 {
		return t.TempDir()
	}
	folder, err := os.MkdirTemp(inMemory, "sessiond-e2e")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOverflow lets the kernel's queue run over while nothing reads it, as when
// the process is stopped. Among what is lost is the end of a folder's watch.
func TestOverflow(t *testing.T) {
	l, root, open := held(t)
	for i := range queueLength(t) {
		if i%2 == 0 {
			write(t, "", root, "a.one", fmt.Sprint(i))
		} else {
			must(t, os.Rename(filepath.Join(root, "a.one", fmt.Sprint(i-1)), filepath.Join(root, "a.one", "file")))
		}
	}
	mkdir(t, root, "b.two")
	removeAll(t, root, "a.one")
	mkdir(t, root, "a.one")
	write(t, "1", root, "a.one", "file")
	l.start()
	l.settle()
	l.forgetChanges()
	open()
	waitFor(t, func() bool { return l.State().Overflows > 0 }, func() string { return "no overflow was told of" })
	l.settleWatched()
	if got := l.gotChanges(); !got.All {
		t.Errorf("change %+v, want everything because of the overflow", got)
	}
	for folder := range l.onDisk() {
		write(t, "2", root, folder, "file")
	}
	l.settleWatched()
}

// queueLength returns how many events the kernel keeps for one reader, with what
// fsnotify may have read already.
func queueLength(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(data)))
	must(t, err)
	return n + 5000
}

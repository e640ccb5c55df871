package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kernelWatches counts the inotify watches of this process. The number that is
// wanted is only of use where they cannot be counted.
func kernelWatches(t *testing.T, _ int) int {
	t.Helper()
	files, err := filepath.Glob("/proc/self/fdinfo/*")
	must(t, err)
	n := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // closed since it was listed
		}
		n += strings.Count(string(data), "inotify wd:")
	}
	return n
}

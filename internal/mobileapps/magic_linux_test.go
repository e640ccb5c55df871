//go:build root

package mobileapps

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A path may lead through a link of /proc, such as /proc/PID/root, into a tree that its
// text does not lead to: another mount namespace, or a mount that is in none.
func TestPlaceBehindAMagicLink(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "M", "a.b"), 0o750))
	fd, err := unix.OpenTree(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	must(t, err)
	defer unix.Close(fd)

	disk := NewDisk(fmt.Sprintf("/proc/self/fd/%d/M", fd), maxFileSize)
	root, err := disk.Open()
	must(t, err)
	defer root.Close()
	place, err := root.Place()
	must(t, err)
	if place.Mount != root.Mount() || place.Above != root.Mount() {
		t.Errorf("%+v, want all on %+v", place, root.Mount())
	}

	// It was deleted, and its mount is as before.
	must(t, os.RemoveAll(filepath.Join(dir, "M")))
	if _, err := root.Place(); !IsAbsent(err) {
		t.Errorf("the place of a root that is gone: %v", err)
	}
	near, err := disk.Nearest(place)
	must(t, err)
	if near.Mount != place.Mount || near.Above != place.Above {
		t.Errorf("nearest is %+v, want it on %+v", near, place)
	}
}

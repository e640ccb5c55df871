package watcher

import (
	"errors"
	"fmt"
)

// errNoEvents is matched by what checkFileSystem returns.
var errNoEvents = errors.New("no events for what others write")

// checkFileSystem returns an error where the root lies on a network or FUSE
// file system, whose events tell only of what is written through this very
// mount (inotify(7), "Limitations and caveats"). A root that is not there, or a
// file system that cannot be told, passes.
func checkFileSystem(root string) error {
	if kind := withoutEvents(root); kind != "" {
		return fmt.Errorf("the root is on a file system (%s) that gives %w", kind, errNoEvents)
	}
	return nil
}

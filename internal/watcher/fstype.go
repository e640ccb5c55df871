package watcher

import (
	"errors"
	"fmt"
)

// errNoEvents is matched by what checkFileSystem returns.
var errNoEvents = errors.New("no events for what others write")

// checkFileSystem returns an error where a folder lies on a network or FUSE file
// system, whose events tell only of what is written through this very mount
// (inotify(7), "Limitations and caveats"). A folder that is not there, or a file
// system that cannot be told, passes.
func checkFileSystem(path string) error {
	if kind := withoutEvents(path); kind != "" {
		return fmt.Errorf("on a file system (%s) that gives %w", kind, errNoEvents)
	}
	return nil
}

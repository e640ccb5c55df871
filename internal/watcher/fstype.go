package watcher

import (
	"errors"
	"fmt"
)

// errNoEvents is matched by what checkFileSystem returns.
var errNoEvents = errors.New("no events for what others write")

// checkFileSystem returns an error where a folder is on a network or FUSE file
// system, whose events cover only what is written through this very mount
// (inotify(7), "Limitations and caveats"). A missing folder or an unknown file
// system passes.
func checkFileSystem(path string) error {
	if kind := withoutEvents(path); kind != "" {
		return fmt.Errorf("on a file system (%s) that gives %w", kind, errNoEvents)
	}
	return nil
}

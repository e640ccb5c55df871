//go:build !windows

package watcher

import (
	"fmt"

	"github.com/fsnotify/fsnotify"
)

// openSource asks the operating system for a new notifier.
func openSource(string) (*source, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot ask for events of the file system: %w", err)
	}
	return &source{notifier: w, events: w.Events, errors: w.Errors}, nil
}

package watcher

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// errEnded is the failure of a source that closed its channels by itself.
var errEnded = errors.New("the events of the file system ended")

// drain reads everything from a source until it ends. If one of its channels were
// not read, the other would block, too. So nothing here may wait for a pass, for
// the sink or for the file system.
func (w *Watcher) drain(src *source) {
	events, errs := src.events, src.errors
	for events != nil || errs != nil {
		select {
		case event, open := <-events:
			if !open {
				events = nil
				continue
			}
			w.note(event)
		case err, open := <-errs:
			if !open {
				errs = nil
				continue
			}
			w.noteError(src, err)
		}
	}
	w.breakOff(src, errEnded)
}

// note turns an event into a change.
//
// A change of mode or times alone says nothing about a file's content. Neither does
// a write to a name in the root: the watch of an app folder reports what happens in
// that folder.
func (w *Watcher) note(event fsnotify.Event) {
	const (
		comesOrGoes = fsnotify.Create | fsnotify.Remove | fsnotify.Rename
		telling     = comesOrGoes | fsnotify.Write
	)
	folder, name, below := w.locate(event.Name)
	switch {
	case !event.Has(telling):
	case !below:
		w.changes.put(rescanAll())
	case name != "":
		if w.cfg.Interest(folder, name) {
			w.changes.put(oneFile(folder, name))
		}
	case folder == "":
		w.watches.markStale("")
		w.changes.put(rescanAll())
	case event.Has(comesOrGoes) && w.cfg.Interest("", folder):
		// Stale before the change, or its pass could find the watch in order.
		w.watches.markStale(folder)
		w.changes.put(wholeFolder(folder))
	}
}

// locate splits the path of an event into the names below the root. The root
// itself has neither; below is false for a path that is of neither kind.
func (w *Watcher) locate(path string) (folder, name string, below bool) {
	rel, err := filepath.Rel(w.root, path)
	if err != nil {
		return "", "", false
	}
	if rel == "." {
		return "", "", true
	}
	folder, name, _ = strings.Cut(rel, string(filepath.Separator))
	if folder == ".." || strings.ContainsRune(name, filepath.Separator) {
		return "", "", false
	}
	return folder, name, true
}

// noteError handles an error that a source reports.
func (w *Watcher) noteError(src *source, err error) {
	switch {
	case errors.Is(err, fsnotify.ErrEventOverflow):
		w.overflows.Add(1)
		// A lost event may have been the end of a watch.
		w.watches.markAllStale()
		lost := rescanAll()
		lost.Since = time.Now()
		w.changes.putAtOnce(lost)
	case errors.Is(err, syscall.EINVAL):
		// A folder was moved and deleted before fsnotify could take its watch
		// away. The event of the move follows.
	default:
		w.breakOff(src, fmt.Errorf("the events of the file system broke off: %w", err))
	}
}

// breakOff marks the source as failed, so that it is replaced.
func (w *Watcher) breakOff(src *source, err error) {
	src.fail(err)
	select {
	case w.broken <- struct{}{}:
	default:
	}
}

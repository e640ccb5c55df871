package watcher

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"
)

// subtree is the notifier of Windows: it watches the root with all that is below it by one
// handle. Windows lets nobody rename a folder while something below it is open, so nothing
// below the root is.
//
// fsnotify (1.10.1) would open each folder, and keep 64 KiB for it. It closes a handle
// twice where an event came just before its watch was removed, the second time perhaps
// another's (fsnotify's issue 768); it can wait for ever when it is closed; and it keeps
// the watch of a folder that was moved away.
type subtree struct {
	root    string
	events  chan fsnotify.Event
	errors  chan error
	ended   chan struct{} // closed by Close
	readers sync.WaitGroup

	mu     sync.Mutex // for all below
	closed bool
	reader *reader             // nil: the root is not watched
	listed map[string]struct{} // what counts as watched
}

// openSource returns a notifier of what happens below a root, which need not be there.
func openSource(root string) (*source, error) {
	s := &subtree{
		root:   root,
		events: make(chan fsnotify.Event),
		errors: make(chan error),
		ended:  make(chan struct{}),
		listed: map[string]struct{}{},
	}
	return &source{notifier: s, events: s.events, errors: s.errors}, nil
}

// Add implements [notifier]. What is below the root needs no watch but the root's.
func (s *subtree) Add(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fsnotify.ErrClosed
	}
	if s.reader == nil {
		if err := s.watch(); err != nil {
			return err
		}
	}
	s.listed[path] = struct{}{}
	return nil
}

// watch starts to read. The caller holds mu.
func (s *subtree) watch() error {
	r, err := openReader(s.root)
	if err != nil {
		return err
	}
	begun := make(chan error, 1)
	s.readers.Go(func() {
		err := r.run(begun, s.events)
		s.lose(r, err)
	})
	if err := <-begun; err != nil {
		return err
	}
	s.reader = r
	return nil
}

// lose takes note of the end of a reader: nothing is watched any more.
func (s *subtree) lose(r *reader, err error) {
	s.mu.Lock()
	lost := s.reader == r
	if lost {
		s.reader = nil
		clear(s.listed)
	}
	s.mu.Unlock()
	switch {
	case !lost: // by Remove or Close, or it had not begun
	case errors.Is(err, windows.ERROR_ACCESS_DENIED): // the root was deleted
		select {
		case s.events <- fsnotify.Event{Name: s.root, Op: fsnotify.Remove}:
		case <-s.ended:
		}
	default:
		select {
		case s.errors <- err:
		case <-s.ended:
		}
	}
}

// Remove implements [notifier].
func (s *subtree) Remove(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := s.listed[path]; !found {
		return fmt.Errorf("%w: %s", fsnotify.ErrNonExistentWatch, path)
	}
	delete(s.listed, path)
	if path == s.root {
		return s.stop()
	}
	return nil
}

// stop ends the reader. The caller holds mu.
func (s *subtree) stop() error {
	r := s.reader
	s.reader = nil
	clear(s.listed)
	if r == nil {
		return nil
	}
	return r.stop()
}

// WatchList implements [notifier].
func (s *subtree) WatchList() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.listed))
}

// Close implements [notifier].
func (s *subtree) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.ended)
	err := s.stop()
	s.mu.Unlock()
	s.readers.Wait()
	close(s.events)
	close(s.errors)
	return err
}

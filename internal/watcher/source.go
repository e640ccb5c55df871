package watcher

import (
	"sync"

	"github.com/fsnotify/fsnotify"
)

// notifier is what is used of an [fsnotify.Watcher] to set watches. On Windows another
// takes its place.
type notifier interface {
	Add(path string) error
	Remove(path string) error
	WatchList() []string
	Close() error
}

// source is a notifier with what comes out of it. Both channels are closed when
// the notifier ends.
type source struct {
	notifier
	events <-chan fsnotify.Event
	errors <-chan error

	mu      sync.Mutex
	failure error
}

// fail notes why the source is not to be trusted any more. The first reason
// stays.
func (s *source) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = err
	}
}

// failed returns what was noted by fail, or nil.
func (s *source) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

package watcher

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
)

// faulty is a real notifier that a test can keep from working.
type faulty struct {
	notifier
	lists atomic.Int64 // calls of WatchList

	mu     sync.Mutex
	adds   int                          // calls of Add
	err    error                        // what Add returns
	spared int                          // so many calls of Add work all the same
	hidden func(path string) bool       // what WatchList does not tell
	adding func(add func() error) error // around each Add
}

func (f *faulty) Add(path string) error {
	f.mu.Lock()
	err, adding := f.err, f.adding
	f.adds++
	if f.spared > 0 {
		f.spared--
		err = nil
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	if adding != nil {
		return adding(func() error { return f.notifier.Add(path) })
	}
	return f.notifier.Add(path)
}

func (f *faulty) WatchList() []string {
	f.lists.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.notifier.WatchList()
	if f.hidden != nil {
		list = slices.DeleteFunc(list, f.hidden)
	}
	return list
}

// failing has Add return err after some more calls that work; nil: no more.
func (f *faulty) failing(err error, spared int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.spared = err, spared
}

// hanging has Add hang.
func (f *faulty) hanging(hung *hangs) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.adding = func(add func() error) error {
		hung.call()
		return add()
	}
}

// gate holds back what a source tells, until it is opened.
type gate struct {
	opened chan struct{}
	open   func()
}

func newGate() *gate {
	g := &gate{opened: make(chan struct{})}
	g.open = sync.OnceFunc(func() { close(g.opened) })
	return g
}

// hold returns the source behind the gate.
func (g *gate) hold(src *source) *source {
	events := make(chan fsnotify.Event)
	errs := make(chan error)
	go func() {
		defer close(events)
		<-g.opened
		for event := range src.events {
			events <- event
		}
	}()
	go func() {
		defer close(errs)
		<-g.opened
		for err := range src.errors {
			errs <- err
		}
	}()
	return &source{notifier: src.notifier, events: events, errors: errs}
}

// useFaulty has a Watcher use a faulty notifier, the same one behind each source
// it opens.
func useFaulty(w *Watcher) *faulty {
	f := &faulty{}
	w.open = func() (*source, error) {
		src, err := openSource(w.root)
		if err != nil {
			return nil, err
		}
		f.mu.Lock()
		f.notifier = src.notifier
		f.mu.Unlock()
		src.notifier = f
		return src, nil
	}
	return f
}

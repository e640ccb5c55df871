package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// watches is the table of folders that should be watched, with the folder that each
// watch is on. Its methods are not safe for concurrent use, except markStale,
// markAllStale and count, which never wait for the file system.
type watches struct {
	root string
	// check returns an error where a folder must not be watched at all, since its
	// file system gives no events for what others write.
	check func(path string) error
	// step is called before each folder, and returns an error where the work was
	// given up.
	step func() error

	src        *source // nil: none, and no folder has a watch
	unverified map[string]*folder
	inTurn     []string // app folders that the timer has yet to verify in this turn

	count    atomic.Int64 // folders that have a watch
	anyStale atomic.Bool  // a folder became stale

	mu     sync.Mutex // for all below
	wanted map[string]*folder
	// polled are the app folders that cannot be watched while others can, and why.
	polled map[string]error
}

// tries is how often a watch is set again when the folder was another one after
// that than before. A folder that changes faster is left to what comes next.
const tries = 3

func newWatches(root string, check func(string) error, step func() error) *watches {
	return &watches{
		root:       root,
		check:      check,
		step:       step,
		unverified: map[string]*folder{},
		wanted:     map[string]*folder{},
		polled:     map[string]error{},
	}
}

// want returns the folder of that name and sees to it that it counts as one
// that should be watched.
func (ws *watches) want(name string) *folder {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	f := ws.wanted[name]
	if f == nil {
		f = newFolder(ws.root, name)
		ws.wanted[name] = f
	}
	return f
}

// forget removes the folder and its watch.
func (ws *watches) forget(name string) {
	f := ws.wanted[name]
	if f == nil {
		return
	}
	ws.drop(f)
	delete(ws.unverified, name)
	ws.setPolled(name, nil)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.wanted, name)
}

// all returns the folders that should be watched, the root first.
func (ws *watches) all() []*folder {
	folders := make([]*folder, 0, len(ws.wanted))
	for _, f := range ws.wanted {
		folders = append(folders, f)
	}
	return rootFirst(folders)
}

// takeUnverified returns the unverified folders, the root first, and empties the list.
func (ws *watches) takeUnverified() []*folder {
	folders := make([]*folder, 0, len(ws.unverified))
	for _, f := range ws.unverified {
		folders = append(folders, f)
	}
	clear(ws.unverified)
	return rootFirst(folders)
}

func rootFirst(folders []*folder) []*folder {
	slices.SortFunc(folders, func(a, b *folder) int { return strings.Compare(a.name, b.name) })
	return folders
}

// markStale notes that an event concerned a folder as such, so that its watch
// cannot be relied on. The root stands for all folders.
func (ws *watches) markStale(name string) {
	if name == "" {
		ws.markAllStale()
		return
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if f := ws.wanted[name]; f != nil {
		f.stale.Store(true)
		ws.anyStale.Store(true)
	}
}

// markAllStale notes that no watch can be relied on: events were lost, and one of
// them may have been the end of a watch.
func (ws *watches) markAllStale() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, f := range ws.wanted {
		f.stale.Store(true)
	}
	ws.anyStale.Store(true)
}

// drop removes the folder's watch. If it is the root, all app folders may be
// others, too, so they lose their watches and become unverified.
func (ws *watches) drop(f *folder) {
	ws.dropOne(f)
	if f.name != "" {
		return
	}
	for name, f := range ws.wanted {
		ws.dropOne(f)
		ws.unverified[name] = f
	}
}

func (ws *watches) dropOne(f *folder) {
	if f.identity == nil {
		return
	}
	// It fails where the watch has ended by itself, which is as good.
	_ = ws.src.Remove(f.path)
	f.identity = nil
	ws.count.Add(-1)
}

// install sets the folder's watch again, on the folder that is at its path now, and
// leaves it unverified until fsnotify's list confirms it. That there is no such
// folder, or that it may not be read, is not an error: the folder then has no
// watch, and a pass finds out why. An app folder that can be listed and not watched
// is polled from then on. An error means that watching is impossible altogether.
func (ws *watches) install(f *folder) error {
	var refused error
	for range tries {
		if err := ws.step(); err != nil {
			return err
		}
		// An event from here on may be about the folder that gets the watch.
		f.stale.Store(false)
		before := f.look()
		ws.drop(f)
		if before == nil {
			return ws.refuse(f, nil)
		}
		switch refused = ws.add(f, before); {
		case refused == nil:
			// Add follows links and may have come upon another folder.
			if same(before, f.look()) {
				return ws.refuse(f, nil)
			}
		case errors.Is(refused, errNotListed), errors.Is(refused, fsnotify.ErrClosed):
			return ws.refuse(f, nil) // the pass, or the end of the source, reports it
		case isAbsence(refused):
			// It can be listed, so it is another one than Add came upon.
		default:
			return ws.refuse(f, refused)
		}
	}
	ws.drop(f)
	return ws.refuse(f, refused)
}

// add sets a watch on the folder, which was there a moment ago.
func (ws *watches) add(f *folder, info *identity) error {
	if err := ws.givesEvents(f, info); err != nil {
		return fmt.Errorf("%v is %w", f, err)
	}
	err := ws.src.Add(f.path)
	if err == nil {
		f.identity, f.confirmed = info, false
		ws.count.Add(1)
		ws.unverified[f.name] = f
		return nil
	}
	if isShortage(err) || errors.Is(err, fsnotify.ErrClosed) {
		return fmt.Errorf("cannot watch %v: %w", f, err)
	}
	if listErr := f.list(); isShortage(listErr) {
		return listErr
	} else if listErr != nil {
		return errNotListed
	}
	return fmt.Errorf("cannot watch %v, which can be listed: %w", f, err)
}

// givesEvents returns an error where the folder is on a file system that gives no
// events for what others write. What is on the root's device is on its file system,
// which was asked before.
func (ws *watches) givesEvents(f *folder, info *identity) error {
	if root := ws.wanted[""]; f.name != "" && root != nil && root.identity != nil && sameDevice(root.identity, info) {
		return nil
	}
	return ws.check(f.path)
}

// refuse decides what to do about the reason why a folder cannot be watched; nil
// means that it can, or need not be. An app folder with a problem of its own is
// polled; any other error is returned.
func (ws *watches) refuse(f *folder, err error) error {
	if err != nil && (f.name == "" || isShortage(err)) {
		return err
	}
	ws.setPolled(f.name, err)
	return nil
}

// errNotListed says that a folder can neither be watched nor listed.
var errNotListed = errors.New("cannot be listed")

// isAbsence reports whether a watch could not be set because there was no folder.
func isAbsence(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP)
}

// isShortage reports whether something has run out that all watches need.
func isShortage(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) ||
		errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

// release closes the source and with it all watches.
func (ws *watches) release() {
	if ws.src == nil {
		return
	}
	// There is nothing to be done about a notifier that does not close.
	_ = ws.src.Close()
	ws.src = nil
	clear(ws.unverified)
	for name, f := range ws.wanted {
		f.identity = nil
		ws.setPolled(name, nil)
	}
	ws.count.Store(0)
}

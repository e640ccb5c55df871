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

// watches is the table of folders that should be watched, with the bookkeeping
// of which folder each watch is on. Its methods are not for several goroutines
// at once, but for markStale, markAllStale and count, which never wait for the file
// system.
type watches struct {
	root string
	// check returns an error where a root must not be watched at all.
	check func(root string) error
	// goOn is called before each folder is dealt with, and returns an error
	// where nobody waits for that any more.
	goOn func() error

	src        *source // nil: none, and no folder has a watch
	unverified map[string]*folder

	count    atomic.Int64 // folders that have a watch
	anyStale atomic.Bool  // a folder became stale

	mu     sync.Mutex // for wanted
	wanted map[string]*folder
}

// tries is how often a watch is set anew when the folder was another one after
// that than before. A folder that changes faster is left to what comes next.
const tries = 3

func newWatches(root string, check func(string) error, goOn func() error) *watches {
	return &watches{root: root, check: check, goOn: goOn, unverified: map[string]*folder{}, wanted: map[string]*folder{}}
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

// forget takes the folder's watch away and wants it no more.
func (ws *watches) forget(name string) {
	f := ws.wanted[name]
	if f == nil {
		return
	}
	ws.drop(f)
	delete(ws.unverified, name)
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

// markStale notes that an event told something about a folder as such, which is
// why its watch is not to be relied on. The root's stand for all.
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

// markAllStale notes that no watch is to be relied on: events were lost, and one
// of them may have told of a watch's end.
func (ws *watches) markAllStale() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, f := range ws.wanted {
		f.stale.Store(true)
	}
	ws.anyStale.Store(true)
}

// drop takes the folder's watch away. Beneath another root everything is
// another, so the root takes the others along and leaves them unverified.
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

// install sets the folder's watch anew, on the folder that is at its path now,
// and leaves it unverified until fsnotify's list confirms it. That there is no
// such folder, or that it may not be read, is not an error: the folder is then
// without a watch, and a pass will find it so. An error means that watching as
// such is impossible.
func (ws *watches) install(f *folder) error {
	for range tries {
		if err := ws.goOn(); err != nil {
			return err
		}
		// An event from here on may be about the folder that gets the watch.
		f.stale.Store(false)
		before := f.look()
		ws.drop(f)
		if before == nil {
			return nil
		}
		if f.name == "" {
			if err := ws.check(f.path); err != nil {
				return err
			}
		}
		if err := ws.src.Add(f.path); err != nil {
			if isAbsence(err) {
				return nil
			}
			return fmt.Errorf("cannot watch %q: %w", f.path, err)
		}
		f.identity = before
		ws.count.Add(1)
		ws.unverified[f.name] = f
		// Add follows links and may have come upon another folder.
		if same(before, f.look()) {
			return nil
		}
	}
	ws.drop(f)
	return nil
}

// isAbsence reports whether a watch could not be set for a reason that lies in
// the folder alone.
func isAbsence(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) ||
		errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) ||
		errors.Is(err, fsnotify.ErrClosed) // the source's own end is told elsewhere
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
	for _, f := range ws.wanted {
		f.identity = nil
	}
	ws.count.Store(0)
}

package watcher

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// folder is a folder that should be watched: the root, whose name is empty, or
// an app folder.
type folder struct {
	name string
	path string // as fsnotify gets it

	// identity is that of the folder its watch is on; nil where there is none.
	identity *identity
	// stale is set by events that may have taken the watch away, or may have
	// put another folder in this one's place.
	stale atomic.Bool
	// confirmed is true once fsnotify's list had the watch after it was set, until
	// there is a reason to doubt it.
	confirmed bool
	// misses counts how often in a row the watch was set and was not there.
	misses int
}

func newFolder(root, name string) *folder {
	return &folder{name: name, path: filepath.Join(root, name)}
}

// String names the folder for a person.
func (f *folder) String() string {
	if f.name == "" {
		return "the root"
	}
	return fmt.Sprintf("app folder %q", f.name)
}

// look returns the identity of the folder that is at the path now, nil where there
// is none or it cannot be determined. Links count as a folder only for the root
// itself (refresh contract, section 1).
func (f *folder) look() *identity { return identify(f.path, f.name == "") }

// current reports whether the folder's watch is, as far as is known, on the
// folder that is at the path now.
func (f *folder) current() bool {
	return f.identity != nil && !f.stale.Load() && same(f.identity, f.look())
}

// list tries whether the folder's names can be read.
func (f *folder) list() error {
	dir, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("cannot open %v: %w", f, err)
	}
	defer dir.Close()
	if _, err := dir.Readdirnames(1); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("cannot list %v: %w", f, err)
	}
	return nil
}

// gone reports whether nothing is at the folder's path. An app folder that is
// gone need not be remembered: the root's events tell when it comes back. The
// root is never gone for good.
func (f *folder) gone() bool {
	if f.name == "" {
		return false
	}
	_, err := os.Lstat(f.path)
	return errors.Is(err, fs.ErrNotExist)
}

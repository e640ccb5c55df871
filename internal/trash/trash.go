package trash

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// Config is what a [Trash] is made of.
type Config struct {
	// Dir is the folder. It is made where it is missing; nobody but its owner may have
	// rights in it.
	Dir string
	// Keep is for how long files are kept.
	Keep time.Duration
	// Now tells the time; nil is [time.Now].
	Now func() time.Time
}

// Trash keeps deleted files. It is safe for concurrent use, and two processes may use
// the same folder.
type Trash struct {
	dir  string
	keep time.Duration
	now  func() time.Time
	// started is when the trash was opened, with a reading of the monotonic clock, by
	// which since counts.
	started time.Time
	since   func(time.Time) time.Duration
	newID   func(time.Time) string
}

// ErrNotFound is that there is no file of an id in the trash.
var ErrNotFound = errors.New("there is no such file in the trash")

const (
	folderMode = 0o700
	fileMode   = 0o600
	// unfinished ends the names of files that are being written.
	unfinished = ".tmp"
)

// Open opens the trash, and removes what a crash left unfinished there.
func Open(cfg Config) (*Trash, error) {
	t := &Trash{dir: cfg.Dir, keep: cfg.Keep, now: cfg.Now, since: time.Since, newID: newID}
	if t.now == nil {
		t.now = time.Now
	}
	t.started = t.now()
	if err := t.open(); err != nil {
		return nil, fmt.Errorf("cannot open the trash %q: %w", t.dir, err)
	}
	return t, nil
}

func (t *Trash) open() error {
	if err := os.MkdirAll(t.dir, folderMode); err != nil {
		return err
	}
	info, err := os.Lstat(t.dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return errors.New("it is not a folder")
	}
	if err := checkPrivate(t.dir, info); err != nil {
		return err
	}
	names, err := os.ReadDir(t.dir)
	if err != nil {
		return err
	}
	for _, e := range names {
		if !strings.HasSuffix(e.Name(), unfinished) {
			continue
		}
		// Another process may be at it just now: nothing takes an hour to write.
		if info, err := e.Info(); err == nil && t.started.Sub(info.ModTime()) > time.Hour {
			if err := os.Remove(filepath.Join(t.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// Keep returns for how long files are kept.
func (t *Trash) Keep() time.Duration { return t.keep }

// timeOfID is how an id begins: sorted by name, files are in the order in which they were
// deleted, to the second.
const timeOfID = "20060102-150405"

// isID reports whether a name may be that of a file in the trash.
func isID(name string) bool {
	at, random, ok := cutLast(name, '-')
	if !ok || len(random) != 8 || strings.Trim(random, "0123456789abcdef") != "" {
		return false
	}
	_, err := time.Parse(timeOfID, at)
	return err == nil
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// sync makes what was renamed or removed survive a crash of the machine.
func (t *Trash) sync() error {
	dir, err := os.Open(t.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // with the folder, all of it is gone
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	return syncFolder(dir)
}

// Get returns a file that is kept, or [ErrNotFound].
func (t *Trash) Get(id string) (edit.Removed, error) {
	if !isID(id) {
		return edit.Removed{}, ErrNotFound
	}
	data, err := os.ReadFile(filepath.Join(t.dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return edit.Removed{}, ErrNotFound
	}
	if err != nil {
		return edit.Removed{}, fmt.Errorf("cannot read %q in the trash: %w", id, withoutPath(err))
	}
	removed, err := decode(data)
	if err != nil {
		return edit.Removed{}, fmt.Errorf("cannot read %q in the trash: %w", id, err)
	}
	return removed, nil
}

// Purge removes files for good. Those that are not there are passed over.
func (t *Trash) Purge(ids ...string) error {
	var failed error
	for _, id := range ids {
		if !isID(id) {
			continue
		}
		if err := os.Remove(filepath.Join(t.dir, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("cannot remove %q from the trash: %w", id, withoutPath(err)))
		}
	}
	return errors.Join(failed, t.sync())
}

// withoutPath returns what the system says of a file, without where that is.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// Item is a file in the trash, as lists show it.
type Item struct {
	ID        string
	Key       session.Key
	RemovedAt time.Time
	// Until is when it is removed for good, at the earliest.
	Until  time.Time
	Reason edit.Reason
	// Email, Device and Status are what the file says; empty where it says nothing or
	// is broken.
	Email, Device, Status string
	Size                  int64 // of the deleted file, in bytes
}

// Filter says which files are asked for. Zero values stand for all.
type Filter struct {
	App    string // an app folder
	Prefix string // the beginning of a key, or of a session's id
	Email  string // without regard to case
	// Before is where the page begins: [Page.Next] of the one before.
	Before string
	Limit  int // at most so many; 0: no limit
}

// Page is a part of the trash, newest first.
type Page struct {
	Items []Item
	Next  string // empty: there is no more
	// Unreadable counts files of the folder that could not be read.
	Unreadable int
}

// looksAPage bounds how many files are looked into for one page.
const looksAPage = 10_000

// names returns what is in the folder; nothing where somebody has removed it.
func (t *Trash) names() ([]os.DirEntry, error) {
	entries, err := os.ReadDir(t.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

// List returns files in the trash. A page may be short, or empty, and have a next one.
func (t *Trash) List(ctx context.Context, filter Filter) (Page, error) {
	entries, err := t.names()
	if err != nil {
		return Page{}, fmt.Errorf("cannot list the trash: %w", withoutPath(err))
	}
	var page Page
	looked := 0
	for _, e := range slices.Backward(entries) { // sorted by name
		id := e.Name()
		if !isID(id) || filter.Before != "" && id >= filter.Before {
			continue
		}
		if looked == looksAPage || filter.Limit > 0 && len(page.Items) == filter.Limit {
			return page, ctx.Err()
		}
		looked++
		page.Next = id
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		item, err := t.look(id)
		switch {
		case errors.Is(err, fs.ErrNotExist): // purged just now
		case err != nil:
			page.Unreadable++
		case filter.matches(&item):
			page.Items = append(page.Items, item)
		}
	}
	page.Next = ""
	return page, nil
}

func (f *Filter) matches(item *Item) bool {
	return (f.App == "" || item.Key.App == f.App) &&
		(f.Prefix == "" || strings.HasPrefix(item.Key.String(), f.Prefix) || strings.HasPrefix(item.Key.ID, f.Prefix)) &&
		(f.Email == "" || session.FoldEmail(item.Email) == session.FoldEmail(f.Email))
}

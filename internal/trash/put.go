package trash

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
)

// newID returns an id that is short enough to be typed.
func newID(at time.Time) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return at.UTC().Format(timeOfID) + "-" + hex.EncodeToString(random[:])
}

// Put keeps files and returns their ids. When it returns, the copies survive a crash of
// the machine. It implements [edit.Trash].
func (t *Trash) Put(ctx context.Context, files ...edit.Removed) []edit.Copy {
	copies := make([]edit.Copy, len(files))
	for i := range files {
		if copies[i].Err = ctx.Err(); copies[i].Err == nil {
			copies[i].ID, copies[i].Err = t.write(&files[i])
		}
	}
	t.each(copies, t.syncNew(len(files)))
	t.each(copies, func(id string) error { return os.Rename(t.path(id)+unfinished, t.path(id)) })
	if err := t.sync(); err != nil {
		t.each(copies, func(string) error { return err })
	}
	for i := range copies {
		if err := copies[i].Err; err != nil && ctx.Err() == nil {
			copies[i].Err = fmt.Errorf("cannot keep a deleted file in the trash: %w", withoutPath(err))
		}
	}
	return copies
}

// each does something with each copy that has not failed so far. One that fails leaves
// nothing behind.
func (t *Trash) each(copies []edit.Copy, do func(id string) error) {
	for i := range copies {
		if copies[i].Err != nil {
			continue
		}
		id := copies[i].ID
		if err := do(id); err != nil {
			_, _ = os.Remove(t.path(id)+unfinished), os.Remove(t.path(id)) // it has one of these names
			copies[i] = edit.Copy{Err: err}
		}
	}
}

func (t *Trash) path(id string) string { return filepath.Join(t.dir, id) }

// write writes a file that is still to be synced and to get its name.
func (t *Trash) write(removed *edit.Removed) (id string, err error) {
	head, err := encode(*removed)
	if err != nil {
		return "", err
	}
	f, id, err := t.create(removed.RemovedAt)
	if err != nil {
		return "", err
	}
	_, err = f.Write(slices.Concat(head, removed.Data))
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return id, nil
}

// create makes a file under an id that is not taken. Of the many that may be deleted within
// a second, two may be given the same one.
func (t *Trash) create(at time.Time) (f *os.File, id string, err error) {
	for {
		id = t.newID(at)
		if _, err := os.Lstat(t.path(id)); err == nil {
			continue
		}
		f, err = os.OpenFile(t.path(id)+unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		switch {
		case errors.Is(err, fs.ErrNotExist) && t.isRemoved(): // it is made as at the start
			if err := t.open(); err != nil {
				return nil, "", err
			}
		case !errors.Is(err, fs.ErrExist):
			return f, id, err
		}
	}
}

// isRemoved reports whether somebody has removed the folder.
func (t *Trash) isRemoved() bool {
	_, err := os.Lstat(t.dir)
	return errors.Is(err, fs.ErrNotExist)
}

// fewFiles are synced one by one: to have a whole file system on disk may take long where
// other programs write much.
const fewFiles = 16

// syncNew returns what has a new file on disk, one of so many.
func (t *Trash) syncNew(files int) func(id string) error {
	if files > fewFiles {
		if err := t.syncFileSystem(); !errors.Is(err, errors.ErrUnsupported) {
			return func(string) error { return err }
		}
	}
	return func(id string) error {
		f, err := os.OpenFile(t.path(id)+unfinished, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	}
}

func (t *Trash) syncFileSystem() error {
	dir, err := os.Open(t.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return mobileapps.SyncFileSystem(int(dir.Fd()))
}

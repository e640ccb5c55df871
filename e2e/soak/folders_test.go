//go:build soak && unix

package soak

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// folderEdit is something that a writer does to a whole app folder, in which
// nobody else works meanwhile.
type folderEdit struct {
	weight int
	name   string
	do     func(*writer, *appFolder) error
}

func folderEdits() []folderEdit {
	return []folderEdit{
		{4, "folder away and back", (*writer).folderAway},
		{3, "folder renamed", (*writer).renameFolder},
		{3, "folder renamed under the hands of a writer", (*writer).renameUnderHands},
		{2, "folder made again", (*writer).remakeFolder},
		{2, "folders swapped", (*writer).swapFolders},
		{2, "folder without rights", (*writer).closeFolder},
		{2, "folder replaced by another kind", (*writer).replaceFolder},
		{3, "folders come and go", (*writer).churn},
	}
}

// move renames a folder, whose sessions are out of sight until the function it
// returns has moved it back.
func (w *writer) move(path, aside string, keys []session.Key) (back func() error, err error) {
	reveal := w.ledger.hide(keys)
	back = func() error {
		if err := os.Rename(aside, path); err != nil {
			return err
		}
		reveal()
		return nil
	}
	return back, os.Rename(path, aside)
}

func (w *writer) folderAway(a *appFolder) error {
	back, err := w.move(a.path, a.parked, a.keys())
	if err != nil {
		return err
	}
	w.hold()
	return back()
}

// renameFolder leaves the folder where it is then, sometimes for long.
func (w *writer) renameFolder(a *appFolder) error {
	back, err := w.move(a.path, a.path+".renamed", a.keys())
	if err != nil {
		return err
	}
	if w.one(2) {
		a.back = back
		return nil
	}
	w.hold()
	return back()
}

// renameUnderHands renames the folder while a file in it is being written.
func (w *writer) renameUnderHands(a *appFolder) error {
	f := a.files[w.random.IntN(len(a.files))]
	if err := w.makeOrdinary(f); err != nil {
		return err
	}
	data := w.grove.valid(w.random, f.key)
	var file *os.File
	err := w.ledger.change(f.key, wrong, func() (err error) {
		file, err = os.Create(f.path)
		return err
	})
	if err != nil {
		return err
	}
	defer file.Close() // a second time, where all goes well
	w.pause()
	back, err := w.move(a.path, a.path+".renamed", a.keys())
	if err != nil {
		return err
	}
	w.pause()
	if _, err := file.Write(data); err != nil {
		return err
	}
	w.pause()
	if err := w.ledger.change(f.key, whole, back); err != nil {
		return err
	}
	return file.Close()
}

// remakeFolder deletes the folder and makes it again with files in it at once.
func (w *writer) remakeFolder(a *appFolder) error {
	w.ledger.hide(a.keys())
	if err := os.RemoveAll(a.path); err != nil {
		return err
	}
	if w.one(2) {
		w.hold()
	}
	if err := os.Mkdir(a.path, 0o755); err != nil {
		return err
	}
	for _, f := range a.files {
		if w.one(6) {
			continue
		}
		data := w.grove.valid(w.random, f.key)
		if err := w.ledger.change(f.key, whole, func() error { return os.WriteFile(f.path, data, 0o644) }); err != nil {
			return err
		}
	}
	return nil
}

// swapFolders gives two folders each other's name for a while.
func (w *writer) swapFolders(a *appFolder) error {
	other := w.grove.apps[w.random.IntN(len(w.grove.apps))]
	if other == a || !other.gate.TryLock() {
		return nil
	}
	defer other.gate.Unlock()
	if other.back != nil {
		return nil
	}
	first, err := w.move(a.path, a.parked, a.keys())
	if err != nil {
		return err
	}
	second, err := w.move(other.path, a.path, other.keys())
	if err != nil {
		return err
	}
	if err := os.Rename(a.parked, other.path); err != nil {
		return err
	}
	w.hold()
	return errors.Join(os.Rename(other.path, a.parked), second(), first())
}

// closeFolder takes rights to a folder away for a while: to list it, to reach
// what is in it, or both.
func (w *writer) closeFolder(a *appFolder) error {
	modes := []os.FileMode{0, 0o111, 0o444}
	return w.withMode(a.path, modes[w.random.IntN(len(modes))], w.hold)
}

// replaceFolder puts something under the folder's name that is no folder, for a
// while.
func (w *writer) replaceFolder(a *appFolder) error {
	back, err := w.move(a.path, a.parked, a.keys())
	if err != nil {
		return err
	}
	if w.one(2) {
		err = os.Symlink(a.parked, a.path)
	} else {
		err = os.WriteFile(a.path, []byte("no folder"), 0o644)
	}
	if err != nil {
		return err
	}
	w.hold()
	return errors.Join(os.Remove(a.path), back())
}

// churn makes folders with a session each and deletes them at once. Their names
// come again.
func (w *writer) churn(*appFolder) error {
	for range 1 + w.random.IntN(20) {
		name := fmt.Sprintf("com.churn.w%d.n%d", w.number, w.random.IntN(5))
		key := harness.KeyOf(name, "device")
		folder := filepath.Join(w.grove.root, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
		data := w.grove.valid(w.random, key)
		err := w.ledger.change(key, whole, func() error { return os.WriteFile(harness.FileOf(w.grove.root, key), data, 0o644) })
		if err != nil {
			return err
		}
		if w.one(3) {
			w.pause()
		}
		if err := w.ledger.change(key, wrong, func() error { return os.RemoveAll(folder) }); err != nil {
			return err
		}
	}
	return nil
}

// rootEdit is something that a writer does to the MobileApps folder, beneath
// which nobody else works meanwhile.
type rootEdit struct {
	weight int
	name   string
	do     func(*writer) error
}

func rootEdits() []rootEdit {
	return []rootEdit{
		{3, "root away and back", (*writer).rootAway},
		{2, "parent of the root renamed", (*writer).renameParent},
		{2, "root replaced by a copy", (*writer).replaceRoot},
		{2, "root without rights", func(w *writer) error { return w.withMode(w.grove.root, 0, w.hold) }},
	}
}

func (w *writer) rootAway() error {
	back, err := w.move(w.grove.root, filepath.Join(w.grove.parked, "MobileApps"), w.grove.keys())
	if err != nil {
		return err
	}
	w.hold()
	return back()
}

func (w *writer) renameParent() error {
	parent := filepath.Dir(w.grove.root)
	back, err := w.move(parent, parent+".renamed", w.grove.keys())
	if err != nil {
		return err
	}
	w.hold()
	return back()
}

// replaceRoot puts a copy in the place of the root, as who restores a backup does.
// What is no file is not copied.
func (w *writer) replaceRoot() error {
	fresh, old := filepath.Join(w.grove.parked, "fresh"), filepath.Join(w.grove.parked, "old")
	if err := copyTree(w.grove.root, fresh); err != nil {
		return err
	}
	reveal := w.ledger.hide(w.grove.keys())
	if err := os.Rename(w.grove.root, old); err != nil {
		return err
	}
	if w.one(2) {
		w.pause()
	}
	if err := os.Rename(fresh, w.grove.root); err != nil {
		return err
	}
	reveal()
	return os.RemoveAll(old)
}

// copyTree copies folders and files.
func copyTree(from, to string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path, copied := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		switch {
		case e.IsDir():
			err = copyTree(path, copied)
		case e.Type().IsRegular():
			err = copyFile(path, copied)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

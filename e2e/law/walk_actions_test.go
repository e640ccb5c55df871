//go:build unix

package law

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// action is something that a walk does to the tree.
type action struct {
	weight int // how often it is drawn, beside the others
	name   string
	// do says what it did something to, or that there was nothing to do it to.
	do func(*walk) (what string, done bool)
}

func actions() []action {
	return []action{
		{8, "create", (*walk).create},
		{4, "edit", (*walk).edit},
		{4, "edit at the same size", (*walk).editSameSize},
		{1, "write again", (*walk).writeAgain},
		{1, "touch", (*walk).touch},
		{3, "break", (*walk).breakFile},
		{2, "repair", (*walk).edit},
		{2, "delete", (*walk).deleteFile},
		{2, "swap", (*walk).swapFiles},
		{1, "leave beside", (*walk).leaveBeside},
		{1, "folder away", (*walk).folderAway},
		{2, "folder back", (*walk).folderBack},
		{1, "rename folder", (*walk).renameFolder},
		{1, "root away", (*walk).rootAway},
		{3, "root back", (*walk).rootBack},
		{1, "new root", (*walk).newRoot},
		{1, "swap roots", (*walk).swapRoots},
		{4, "open", (*walk).openSessions},
	}
}

func (w *walk) create() (string, bool) {
	key := w.key()
	path := harness.FileOf(w.root, key)
	if !harness.Exists(w.root) || harness.Exists(path) {
		return "", false
	}
	w.put(path, w.valid(key))
	return key.String(), true
}

func (w *walk) edit() (string, bool) {
	key := w.key()
	path := harness.FileOf(w.root, key)
	if !harness.Exists(path) {
		return "", false
	}
	w.put(path, w.valid(key))
	return key.String(), true
}

// editSameSize also sets the time of the last change back, every other time.
func (w *walk) editSameSize() (string, bool) {
	key := w.key()
	path := harness.FileOf(w.root, key)
	before, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	data, err := os.ReadFile(path)
	harness.Must(w.t, err)
	i := bytes.Index(data, []byte("@example.com"))
	if i < 0 {
		return "", false
	}
	data[i+1] ^= 'e' ^ 'E'
	harness.Must(w.t, harness.Rewrite(path, data, func() {}))
	if w.random.IntN(2) == 0 {
		harness.Must(w.t, os.Chtimes(path, before.ModTime(), before.ModTime()))
	}
	return key.String(), true
}

func (w *walk) writeAgain() (string, bool) {
	key := w.key()
	path := harness.FileOf(w.root, key)
	data, err := os.ReadFile(path)
	if err != nil {
		return "", false
	}
	w.put(path, data)
	return key.String(), true
}

func (w *walk) touch() (string, bool) {
	key := w.key()
	return key.String(), os.Chtimes(harness.FileOf(w.root, key), time.Time{}, time.Now()) == nil
}

func (w *walk) breakFile() (string, bool) {
	key := w.key()
	path := harness.FileOf(w.root, key)
	if !harness.Exists(path) {
		return "", false
	}
	w.put(path, w.wrong(key))
	return key.String(), true
}

func (w *walk) deleteFile() (string, bool) {
	key := w.key()
	return key.String(), os.Remove(harness.FileOf(w.root, key)) == nil
}

func (w *walk) swapFiles() (string, bool) {
	one, other := w.key(), w.key()
	a, b := harness.FileOf(w.root, one), harness.FileOf(w.root, other)
	if one == other || !harness.Exists(a) || !harness.Exists(b) {
		return "", false
	}
	aside := filepath.Join(w.parked, "swapped")
	w.move(a, aside)
	w.move(b, a)
	w.move(aside, b)
	return one.String() + " and " + other.String(), true
}

// leaveBeside makes files that are no session files.
func (w *walk) leaveBeside() (string, bool) {
	app := w.app()
	if !harness.Exists(app) {
		return "", false
	}
	for _, name := range []string{"manifest.json", "notes~", "#notes#"} {
		harness.Must(w.t, os.WriteFile(filepath.Join(app, name), w.wrong(w.key()), 0o644))
	}
	return "in " + filepath.Base(app), true
}

func (w *walk) folderAway() (string, bool) {
	app := w.app()
	return filepath.Base(app), w.move(app, filepath.Join(w.parked, filepath.Base(app)))
}

func (w *walk) folderBack() (string, bool) {
	app := w.app()
	return filepath.Base(app), harness.Exists(w.root) && w.move(filepath.Join(w.parked, filepath.Base(app)), app)
}

// renameFolder makes all files of an app folder misplaced, or ends that.
func (w *walk) renameFolder() (string, bool) {
	app := w.app()
	renamed := app + ".renamed"
	return filepath.Base(app), w.move(app, renamed) || w.move(renamed, app)
}

func (w *walk) otherRoot() string { return filepath.Join(w.parked, "MobileApps") }

func (w *walk) rootAway() (string, bool) { return "", w.move(w.root, w.otherRoot()) }

func (w *walk) rootBack() (string, bool) { return "", w.move(w.otherRoot(), w.root) }

func (w *walk) newRoot() (string, bool) {
	if harness.Exists(w.root) {
		return "", false
	}
	key := w.key()
	w.put(harness.FileOf(w.root, key), w.valid(key))
	return "with " + key.String(), true
}

func (w *walk) swapRoots() (string, bool) {
	if !harness.Exists(w.root) || !harness.Exists(w.otherRoot()) {
		return "", false
	}
	aside := filepath.Join(w.parked, "swapped")
	w.move(w.root, aside)
	w.move(w.otherRoot(), w.root)
	w.move(aside, w.otherRoot())
	return "", true
}

func (w *walk) openSessions() (string, bool) {
	key := session.Key{}
	if w.random.IntN(3) > 0 {
		key = w.key()
	}
	w.toOpen = &key
	return strconv.Quote(key.String()), true
}

//go:build soak && unix

package soak

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sessiond/internal/session"
)

// edit is something that a writer does to a file.
type edit struct {
	weight int
	name   string
	do     func(*writer, *appFolder, *sessionFile) error
}

func edits() []edit {
	return []edit{
		{30, "save", func(w *writer, _ *appFolder, f *sessionFile) error { return w.save(f, whole) }},
		{6, "break", func(w *writer, _ *appFolder, f *sessionFile) error { return w.save(f, wrong) }},
		{6, "edit at the same size", (*writer).editSameSize},
		{4, "touch", (*writer).touch},
		{3, "chmod", (*writer).chmod},
		{5, "delete", (*writer).remove},
		{3, "swap", (*writer).swap},
		{1, "link", (*writer).hardLink},
		{2, "other kind", (*writer).otherKind},
		{2, "too large", (*writer).tooLarge},
		{2, "unreadable", (*writer).unreadable},
		{3, "names of no session", (*writer).litter},
	}
}

// ways are how programs save. Each brings the file into the state at its end.
func ways() []func(w *writer, f *sessionFile, data []byte, to state) error {
	return []func(w *writer, f *sessionFile, data []byte, to state) error{
		(*writer).inPlace, (*writer).inPlace, (*writer).renameOver, (*writer).recreate,
		(*writer).moveAside, (*writer).likeVim, (*writer).likeSed,
	}
}

func (w *writer) save(f *sessionFile, to state) error {
	data := w.grove.valid(w.random, f.key)
	if to == wrong {
		data = w.grove.wrong(w.random, f.key)
	}
	if err := w.makeOrdinary(f); err != nil {
		return err
	}
	all := ways()
	return all[w.random.IntN(len(all))](w, f, data, to)
}

// makeOrdinary removes what is no file, and a file with several names: to write
// to it would change what other names stand for.
func (w *writer) makeOrdinary(f *sessionFile) error {
	info, err := os.Lstat(f.path)
	if err != nil || isOnlyName(info) {
		return ignoringAbsence(err)
	}
	return w.ledger.change(f.key, wrong, func() error { return os.RemoveAll(f.path) })
}

// inPlace is how 4D writes: the old content is erased, the new one comes in pieces.
func (w *writer) inPlace(f *sessionFile, data []byte, to state) error {
	var file *os.File
	err := w.ledger.change(f.key, wrong, func() (err error) {
		file, err = os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		return err
	})
	if err != nil {
		return err
	}
	defer file.Close() // a second time, where all goes well
	size := len(data)/(1+w.random.IntN(4)) + 1
	for len(data) > 0 {
		w.pause()
		n, then := min(size, len(data)), wrong
		if n == len(data) {
			then = to
		}
		err := w.ledger.change(f.key, then, func() error { _, err := file.Write(data[:n]); return err })
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return file.Close()
}

// renameOver puts the file in place at once.
func (w *writer) renameOver(f *sessionFile, data []byte, to state) error {
	temporary := f.path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	w.pause()
	return w.ledger.change(f.key, to, func() error { return os.Rename(temporary, f.path) })
}

func (w *writer) recreate(f *sessionFile, data []byte, to state) error {
	if err := w.delete(f); err != nil {
		return err
	}
	w.pause()
	return w.inPlace(f, data, to)
}

// moveAside is how an editor saves that keeps a copy: away, written, back.
func (w *writer) moveAside(f *sessionFile, data []byte, to state) error {
	aside := filepath.Join(filepath.Dir(f.path), "#"+filepath.Base(f.path)+"#")
	if err := w.take(f, aside); err != nil {
		return err
	}
	w.pause()
	if err := os.WriteFile(aside, data, 0o644); err != nil {
		return err
	}
	return w.ledger.change(f.key, to, func() error { return os.Rename(aside, f.path) })
}

// likeVim is how vim saves with a backup: it tries the folder with a file 4913.
func (w *writer) likeVim(f *sessionFile, data []byte, to state) error {
	probe, backup := filepath.Join(filepath.Dir(f.path), "4913"), f.path+"~"
	if err := os.WriteFile(probe, nil, 0o644); err != nil {
		return err
	}
	if err := os.Remove(probe); err != nil && !errors.Is(err, fs.ErrNotExist) { // of another writer's
		return err
	}
	if err := w.take(f, backup); err != nil {
		return err
	}
	if err := w.inPlace(f, data, to); err != nil {
		return err
	}
	return ignoringAbsence(os.Remove(backup))
}

// likeSed writes a file beside that has the name of a session for an instant.
func (w *writer) likeSed(f *sessionFile, data []byte, to state) error {
	temporary := filepath.Join(filepath.Dir(f.path), fmt.Sprintf("sed%06d", w.random.IntN(1e6)))
	for _, half := range [][]byte{data[:len(data)/2], data} {
		if err := os.WriteFile(temporary, half, 0o644); err != nil {
			return err
		}
		w.pause()
	}
	return w.ledger.change(f.key, to, func() error { return os.Rename(temporary, f.path) })
}

// take moves a file away, if it is there.
func (w *writer) take(f *sessionFile, aside string) error {
	return w.ledger.change(f.key, wrong, func() error { return ignoringAbsence(os.Rename(f.path, aside)) })
}

func (w *writer) delete(f *sessionFile) error {
	if _, err := os.Lstat(f.path); err != nil {
		return ignoringAbsence(err) // to delete nothing begins no new state
	}
	return w.ledger.change(f.key, wrong, func() error { return ignoringAbsence(os.Remove(f.path)) })
}

func (w *writer) remove(_ *appFolder, f *sessionFile) error {
	if err := w.makeOrdinary(f); err != nil {
		return err
	}
	return w.delete(f)
}

// editSameSize writes a few bytes; sometimes the clock's tick or the time of the
// change tells nothing of that. A file with several names is left alone: no event
// tells of an edit under the others, which is not promised to be seen at once.
func (w *writer) editSameSize(_ *appFolder, f *sessionFile) error {
	before, err := os.Lstat(f.path)
	if err != nil || !isOnlyName(before) {
		return ignoringAbsence(err)
	}
	data, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	at := bytes.Index(data, []byte(`"tick": "`))
	if at < 0 {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close() // a second time, where all goes well
	for range 1 + w.random.IntN(3) {
		tick := fmt.Sprintf("%08d", w.random.IntN(1e8))
		if _, err := file.WriteAt([]byte(tick), int64(at+len(`"tick": "`))); err != nil {
			return err
		}
	}
	if w.one(2) {
		err = os.Chtimes(f.path, before.ModTime(), before.ModTime())
	}
	return errors.Join(err, file.Close())
}

func (w *writer) touch(_ *appFolder, f *sessionFile) error {
	if info, err := os.Lstat(f.path); err != nil || info.Mode().Type() == fs.ModeSymlink {
		return ignoringAbsence(err) // a link may lead to itself
	}
	at := time.Now().Add(time.Duration(w.random.IntN(7)-3) * time.Hour)
	return ignoringAbsence(os.Chtimes(f.path, at, at))
}

// chmod leaves the file readable.
func (w *writer) chmod(_ *appFolder, f *sessionFile) error {
	return w.withMode(f.path, 0o664, func() {})
}

// unreadable keeps a file from being judged for a while.
func (w *writer) unreadable(_ *appFolder, f *sessionFile) error {
	return w.withMode(f.path, 0, w.hold)
}

// withMode gives something another mode for a while, if it is there and is what
// links do not lead away from.
func (w *writer) withMode(path string, mode fs.FileMode, meanwhile func()) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() && !info.IsDir() {
		return ignoringAbsence(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		return err
	}
	meanwhile()
	return os.Chmod(path, ordinaryMode(info))
}

// ordinaryMode is what a file or a folder is given back, whatever it had: another
// name of the same file may be at its own fault just then.
func ordinaryMode(info fs.FileInfo) fs.FileMode {
	if info.IsDir() {
		return 0o755
	}
	return 0o644
}

// tooLarge keeps a file from being judged for a while, too: it grows over the
// limit and shrinks to what it was.
func (w *writer) tooLarge(_ *appFolder, f *sessionFile) error {
	info, err := os.Lstat(f.path)
	if err != nil || !isOnlyName(info) {
		return ignoringAbsence(err)
	}
	if err := os.Truncate(f.path, 2<<20); err != nil {
		return err
	}
	w.hold()
	return os.Truncate(f.path, info.Size())
}

// swap gives two files each other's name.
func (w *writer) swap(a *appFolder, f *sessionFile) error {
	other := a.files[w.random.IntN(len(a.files))]
	if other == f || !other.busy.TryLock() {
		return nil
	}
	defer other.busy.Unlock()
	if !isFile(f.path) || !isFile(other.path) {
		return nil
	}
	aside := f.path + ".swap"
	if err := w.take(f, aside); err != nil {
		return err
	}
	err := w.ledger.change(f.key, stateOf(other.path, f.key), func() error {
		return w.ledger.change(other.key, wrong, func() error { return os.Rename(other.path, f.path) })
	})
	if err != nil {
		return err
	}
	return w.ledger.change(other.key, stateOf(aside, other.key), func() error { return os.Rename(aside, other.path) })
}

// hardLink gives a file a second name, which is not its place.
func (w *writer) hardLink(a *appFolder, f *sessionFile) error {
	other := a.files[w.random.IntN(len(a.files))]
	if other == f || !other.busy.TryLock() {
		return nil
	}
	defer other.busy.Unlock()
	if !isFile(f.path) {
		return nil
	}
	if err := w.remove(a, other); err != nil {
		return err
	}
	return w.ledger.change(other.key, stateOf(f.path, other.key), func() error { return os.Link(f.path, other.path) })
}

// otherKind puts something under the name of a session that is no file.
func (w *writer) otherKind(a *appFolder, f *sessionFile) error {
	err := w.ledger.change(f.key, wrong, func() error { return os.RemoveAll(f.path) })
	if err != nil {
		return err
	}
	switch w.random.IntN(4) {
	case 0:
		return os.Symlink(a.files[w.random.IntN(len(a.files))].path, f.path)
	case 1:
		return os.Symlink(filepath.Join(w.grove.base, "nowhere"), f.path)
	case 2:
		return syscall.Mkfifo(f.path, 0o644)
	}
	return os.Mkdir(f.path, 0o755)
}

// litter makes files that are no session files, and most of the time takes them
// away.
func (w *writer) litter(a *appFolder, f *sessionFile) error {
	for i := range w.random.IntN(100) {
		base := fmt.Sprintf("litter%d", i)
		for _, name := range []string{base + ".json", base + "~", "#" + base, "." + base} {
			path := filepath.Join(a.path, name)
			if err := os.WriteFile(path, []byte(f.key.String()), 0o644); err != nil {
				return err
			}
			if w.one(20) {
				continue
			}
			if err := ignoringAbsence(os.Remove(path)); err != nil { // another's litter has the same names
				return err
			}
		}
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// isOnlyName reports whether it is a file with a single name.
func isOnlyName(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().IsRegular() && ok && stat.Nlink == 1
}

// stateOf says what a file would be in the place of a key.
func stateOf(path string, key session.Key) state {
	if data, err := os.ReadFile(path); err != nil || verdict(key, data) != 0 {
		return wrong
	}
	return whole
}

func ignoringAbsence(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

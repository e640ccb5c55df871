//go:build linux

package edit

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// carelessEditor leaves out a part of what an edit does: it lets the editor believe that
// all is well.
type carelessEditor struct {
	exchange func(f *carelessFolder, id, temp string) error
	against  string // the name of a way to write
	often    bool   // loses a write in some hundred edits, in most cases
}

func (c carelessEditor) editor(config edit.Config) edit.Config {
	config.Tree = carelessTree{config.Tree, c.exchange, &believed{files: map[string]mobileapps.File{}}}
	return config
}

func careless() map[string]carelessEditor {
	rename := func(f *carelessFolder, id, temp string) error {
		f.believed.keep(temp, f.last)
		return os.Rename(filepath.Join(f.Path(), temp), filepath.Join(f.Path(), id))
	}
	return map[string]carelessEditor{
		"plain rename": {rename, "in place", true},
		"exchanged without verification": {func(f *carelessFolder, id, temp string) error {
			f.believed.keep(temp, f.last)
			return f.WriteFolder.Exchange(id, temp)
		}, "in place", true},
		"compared before the rename": {func(f *carelessFolder, id, temp string) error {
			now, err := f.WriteFolder.Read(id)
			if err != nil || now.Ino != f.last.Ino || session.DigestOf(now.Data) != session.DigestOf(f.last.Data) {
				return fs.ErrNotExist // which begins again
			}
			return rename(f, id, temp)
		}, "in place", false},
		"verified once":                    {verifiedOnce, "in place", false},
		"verified once, files open before": {verifiedOnce, "in place, open before", true},
	}
}

// verifiedOnce does not look again at what was exchanged.
func verifiedOnce(f *carelessFolder, id, temp string) error {
	err := f.WriteFolder.Exchange(id, temp)
	if file, read := f.WriteFolder.Read(temp); read == nil {
		f.believed.keep(temp, file)
	}
	return err
}

// believed are temporary files that are not looked at any more.
type believed struct {
	mu    sync.Mutex
	files map[string]mobileapps.File
}

func (b *believed) keep(temp string, file mobileapps.File) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[temp] = file
}

func (b *believed) get(temp string) (mobileapps.File, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	file, ok := b.files[temp]
	return file, ok
}

type carelessTree struct {
	mobileapps.WriteTree

	exchange func(f *carelessFolder, id, temp string) error
	believed *believed
}

func (t carelessTree) OpenForWriting() (mobileapps.WriteRoot, error) {
	root, err := t.WriteTree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	return carelessRoot{root, t}, nil
}

type carelessRoot struct {
	mobileapps.WriteRoot

	tree carelessTree
}

func (r carelessRoot) Open(app string) (mobileapps.WriteFolder, error) {
	f, err := r.WriteRoot.Open(app)
	if err != nil {
		return nil, err
	}
	return &carelessFolder{WriteFolder: f, carelessTree: r.tree}, nil
}

type carelessFolder struct {
	mobileapps.WriteFolder
	carelessTree

	last    mobileapps.File // the session file that was read last
	created bool            // its successor since then
}

func (f *carelessFolder) Create(n mobileapps.NewFile) (mobileapps.Identity, error) {
	f.created = true
	return f.WriteFolder.Create(n)
}

func (f *carelessFolder) Identify(name string) (mobileapps.Identity, error) {
	if file, ok := f.believed.get(name); ok {
		return file.Identity(), nil
	}
	return f.WriteFolder.Identify(name)
}

func (f *carelessFolder) Read(name string) (mobileapps.File, error) {
	if file, ok := f.believed.get(name); ok {
		return file, nil
	}
	if !mobileapps.IsTemporary(name) && f.created {
		f.created = false
		return f.last, nil // no look just before the exchange
	}
	file, err := f.WriteFolder.Read(name)
	if !mobileapps.IsTemporary(name) {
		f.last = file
	}
	return file, err
}

func (f *carelessFolder) Exchange(a, b string) error { return f.exchange(f, a, b) }

func (f *carelessFolder) Remove(name string) error {
	err := f.WriteFolder.Remove(name)
	if _, ok := f.believed.get(name); ok {
		return nil
	}
	return err
}

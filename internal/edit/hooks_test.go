package edit

import (
	"sessiond/internal/mobileapps"
)

// hooks are called before and after the calls of an edit, which are named "create",
// "exchange", "rename", "remove", "sync", "sync file", "sync file system", "read" and
// "temporaries". An error of before
// takes the place of the call.
type hooks struct {
	before func(call string, names ...string) error
	after  func(call string, names ...string)
}

// hooked makes an editor call hooks.
func hooked(h hooks) func(*Config) {
	return func(c *Config) { c.Tree = hookedTree{c.Tree, h} }
}

func (h hooks) around(do func() error, call string, names ...string) error {
	if h.before != nil {
		if err := h.before(call, names...); err != nil {
			return err
		}
	}
	err := do()
	if h.after != nil {
		h.after(call, names...)
	}
	return err
}

type hookedTree struct {
	mobileapps.WriteTree

	hooks hooks
}

func (t hookedTree) OpenForWriting() (mobileapps.WriteRoot, error) {
	root, err := t.WriteTree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	return hookedRoot{root, t.hooks}, nil
}

type hookedRoot struct {
	mobileapps.WriteRoot

	hooks hooks
}

func (r hookedRoot) Open(app string) (mobileapps.WriteFolder, error) {
	f, err := r.WriteRoot.Open(app)
	if err != nil {
		return nil, err
	}
	return hookedFolder{f, r.hooks}, nil
}

type hookedFolder struct {
	mobileapps.WriteFolder

	hooks hooks
}

func (f hookedFolder) Read(name string) (file mobileapps.File, err error) {
	fault := f.hooks.around(func() error { file, err = f.WriteFolder.Read(name); return err }, "read", name)
	return file, fault
}

func (f hookedFolder) Create(n mobileapps.NewFile) (is mobileapps.Identity, err error) {
	fault := f.hooks.around(func() error { is, err = f.WriteFolder.Create(n); return err }, "create", n.Name)
	return is, fault
}

func (f hookedFolder) SyncFile(name string) error {
	return f.hooks.around(func() error { return f.WriteFolder.SyncFile(name) }, "sync file", name)
}

func (f hookedFolder) SyncFileSystem() error {
	return f.hooks.around(f.WriteFolder.SyncFileSystem, "sync file system")
}

func (f hookedFolder) Exchange(a, b string) error {
	return f.hooks.around(func() error { return f.WriteFolder.Exchange(a, b) }, "exchange", a, b)
}

func (f hookedFolder) Rename(from, to string) error {
	return f.hooks.around(func() error { return f.WriteFolder.Rename(from, to) }, "rename", from, to)
}

func (f hookedFolder) Remove(name string) error {
	return f.hooks.around(func() error { return f.WriteFolder.Remove(name) }, "remove", name)
}

func (f hookedFolder) Sync() error { return f.hooks.around(f.WriteFolder.Sync, "sync") }

func (f hookedFolder) Temporaries() (names []string, err error) {
	fault := f.hooks.around(func() error { names, err = f.WriteFolder.Temporaries(); return err }, "temporaries")
	return names, fault
}

package refresh_test

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"slices"
	"syscall"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// call is a kind of call to the tree that can fail.
type call string

const (
	openRoot   call = "open the root"
	listRoot   call = "list the root"
	openFolder call = "open a folder"
	listFolder call = "list a folder"
	statFile   call = "stat a file"
	readFile   call = "read a file"
)

// trouble is what calls run into.
type trouble struct {
	// of says with what a call about a path fails, nil where it does not.
	of func(call, string) error
	// during is called while a file is read.
	during func(path string)
	// unsteady says whether a file changes while it is read this time.
	unsteady func(path string) bool
	// twice lists every file of a folder twice, as some file systems do with
	// what is recreated while they list.
	twice bool
}

func (f *trouble) with(c call, path string) error {
	if f.of == nil {
		return nil
	}
	return f.of(c, path)
}

// failing makes one kind of call fail for one path, for all paths where it is
// "*".
func (t *tree) failing(c call, path string, err error) {
	t.faults.of = func(now call, at string) error {
		if now == c && (path == "*" || path == at) {
			return err
		}
		return nil
	}
}

// Open implements [mobileapps.Tree].
func (t *tree) Open() (mobileapps.Root, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, on := t.find("")
	if !t.isLinked() {
		n = nil
	}
	h, err := t.open(n, on, "", openRoot)
	if err != nil {
		return nil, err
	}
	return openedRoot{h}, nil
}

// handle is an open folder.
type handle struct {
	t     *tree
	path  string
	node  *node
	on    mobileapps.Mount
	sig   mobileapps.Signature
	names []entry // not listed yet
	begun bool
}

// entry is a name in a folder, and its kind when the listing began.
type entry struct {
	name string
	kind fs.FileMode
}

func (t *tree) open(n *node, on mobileapps.Mount, path string, c call) (*handle, error) {
	if n == nil || path != "" && !n.kind.IsDir() {
		return nil, fs.ErrNotExist
	}
	if err := t.faults.with(c, path); err != nil {
		return nil, err
	}
	switch {
	case !n.kind.IsDir():
		return nil, session.ErrNoFolder
	case n.locked:
		return nil, syscall.EACCES
	}
	return &handle{t: t, path: path, node: n, on: on, sig: n.signature()}, nil
}

func (h *handle) Signature() mobileapps.Signature { return h.sig }
func (h *handle) Mount() mobileapps.Mount         { return h.on }
func (h *handle) Close()                          {}

// next returns the next n entries.
func (h *handle) next(c call, n int) ([]entry, error) {
	if err := h.t.faults.with(c, h.path); err != nil {
		return nil, err
	}
	if h.node.dead {
		return nil, syscall.ENOENT // what Linux says of a folder that was removed
	}
	if !h.begun {
		h.begun = true
		for _, name := range slices.Sorted(maps.Keys(h.node.entries)) {
			h.names = append(h.names, entry{name, h.node.entries[name].kind})
		}
		if h.t.faults.twice && c == listFolder {
			h.names = append(h.names, h.names...)
		}
	}
	if len(h.names) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(h.names))
	batch := h.names[:n]
	h.names = h.names[n:]
	return batch, nil
}

type openedRoot struct{ *handle }

func (r openedRoot) Place() (mobileapps.Place, error) {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	_, above := r.t.nearestGiven()
	return mobileapps.Place{Path: "/" + aboveName + "/" + rootName, Mount: r.on, Above: above}, nil
}

func (r openedRoot) Next(n int) ([]string, error) {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	batch, err := r.next(listRoot, n)
	var apps []string
	for _, e := range batch {
		if session.IsAppFolderName(e.name) && e.kind.IsDir() {
			apps = append(apps, e.name)
		}
	}
	return apps, err
}

func (r openedRoot) Open(app string) (mobileapps.Folder, error) {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	n, on := r.node.entries[app], r.on
	if n != nil {
		n, on = n.top(on)
	}
	h, err := r.t.open(n, on, app, openFolder)
	if err != nil {
		return nil, err
	}
	return openedFolder{h}, nil
}

type openedFolder struct{ *handle }

func (f openedFolder) FileSystem() mobileapps.FileSystem { return f.t.on }

func (f openedFolder) Next(n int) ([]string, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	batch, err := f.next(listFolder, n)
	var ids []string
	for _, e := range batch {
		if session.IsSessionFileName(e.name) && e.kind.IsRegular() {
			ids = append(ids, e.name)
		}
	}
	return ids, err
}

func (f openedFolder) Stat(id string) (mobileapps.Signature, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	file, err := f.file(id, statFile)
	if err != nil {
		return mobileapps.Signature{}, err
	}
	return file.signature(), nil
}

func (f openedFolder) file(id string, c call) (*node, error) {
	file := f.node.entries[id]
	if file == nil || !file.kind.IsRegular() {
		return nil, fs.ErrNotExist
	}
	return file, f.t.faults.with(c, f.path+"/"+id)
}

func (f openedFolder) Read(id string) (mobileapps.Content, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	f.t.reads++
	file, err := f.file(id, statFile)
	if err == nil {
		_, err = f.file(id, readFile)
	}
	switch {
	case err != nil:
		return mobileapps.Content{}, err
	case file.locked:
		return mobileapps.Content{}, syscall.EACCES
	}
	before, data := file.signature(), bytes.Clone(file.data)
	if during := f.t.faults.during; during != nil {
		f.t.mu.Unlock()
		during(f.path + "/" + id)
		f.t.mu.Lock()
	}
	unsteady := f.t.faults.unsteady
	return mobileapps.Content{
		Data:      data,
		Signature: file.signature(),
		Stable:    before == file.signature() && !file.moving && (unsteady == nil || !unsteady(f.path+"/"+id)),
	}, nil
}

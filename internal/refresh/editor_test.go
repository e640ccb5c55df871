package refresh_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// editor does what people, programs and faults do to a tree, and knows what a
// watcher would have told of it.
type editor struct {
	tree   *tree
	hints  map[session.Key]bool
	taken  map[string]*node  // what was moved out of the tree
	failed map[string]error  // calls that fail, by kind and path
	lost   map[string]string // the content of many files that were removed
	disks  map[string]*node  // what was unmounted, and backups
}

func newEditor(tree *tree) *editor {
	return &editor{
		tree: tree, hints: map[session.Key]bool{}, taken: map[string]*node{}, failed: map[string]error{},
		lost: map[string]string{}, disks: map[string]*node{},
	}
}

// hint remembers what a watcher would have told of a change at a path.
func (e *editor) hint(path string) {
	key := keyOf(path)
	if path == abovePath {
		key = session.Key{}
	}
	e.hints[key] = true
}

// changed returns what changes when something is put at a path: it may need
// folders that are not there yet.
func (e *editor) changed(path string) []string {
	if root := e.tree.at(""); root == nil {
		return []string{""}
	}
	if app := e.tree.at(path[:min(3, len(path))]); app == nil || !app.kind.IsDir() {
		return []string{path[:min(3, len(path))]}
	}
	return []string{path}
}

func (e *editor) takeHints() []session.Key {
	hints := slices.SortedFunc(maps.Keys(e.hints), session.Key.Compare)
	clear(e.hints)
	return hints
}

func (e *editor) moving() bool {
	for _, path := range e.tree.files() {
		if e.tree.at(path).moving {
			return true
		}
	}
	return false
}

var (
	filePaths   = []string{"a.b/1", "a.b/2", "c.d/1", "c.d/2"}
	folderPaths = []string{"a.b", "c.d", ""}
)

func drawFile(t *rapid.T) string { return rapid.SampledFrom(filePaths).Draw(t, "file") }

func drawPath(t *rapid.T) string {
	return rapid.SampledFrom(slices.Concat(filePaths, folderPaths)).Draw(t, "path")
}

func drawData(t *rapid.T) string {
	data := rapid.SampledFrom([]string{"valid", "valid", "wrong", "other"}).Draw(t, "what")
	data += fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "version"))
	if rapid.IntRange(0, 9).Draw(t, "length") == 9 {
		data += " and longer"
	}
	return data
}

func (e *editor) actions() map[string]func(*rapid.T) {
	// Each returns the paths that changed.
	edits := map[string]func(*rapid.T) []string{
		"write": func(t *rapid.T) []string {
			path := drawFile(t)
			changed := e.changed(path)
			e.tree.write(path, drawData(t))
			return changed
		},
		"write in place": func(t *rapid.T) []string {
			path := drawFile(t)
			if e.tree.isFile(path) {
				e.tree.write(path, drawData(t))
			}
			return []string{path}
		},
		"swap": func(t *rapid.T) []string {
			path := drawFile(t)
			changed := e.changed(path)
			e.tree.swap(path, drawData(t))
			return changed
		},
		"truncate": func(t *rapid.T) []string {
			path := drawFile(t)
			if e.tree.isFile(path) {
				e.tree.write(path, "")
			}
			return []string{path}
		},
		"touch": func(t *rapid.T) []string {
			path := drawPath(t)
			e.tree.touch(path, rapid.SampledFrom([]time.Duration{0, -time.Hour, -48 * time.Hour}).Draw(t, "by"))
			return []string{path}
		},
		"remove": func(t *rapid.T) []string {
			path := drawPath(t)
			e.tree.remove(path)
			return []string{path}
		},
		"rename a file": func(t *rapid.T) []string {
			from, to := drawFile(t), drawFile(t)
			if e.tree.at(to[:3]) != nil && from != to {
				e.tree.rename(from, to)
			}
			return []string{from, to}
		},
		"rename a folder": func(t *rapid.T) []string {
			e.tree.rename("a.b", "c.d")
			return []string{"a.b", "c.d"}
		},
		"link": func(t *rapid.T) []string {
			path := rapid.SampledFrom(slices.Concat(filePaths, folderPaths[:2])).Draw(t, "path")
			changed := e.changed(path)
			e.tree.place(path, fs.ModeSymlink)
			return changed
		},
		"make a folder": func(t *rapid.T) []string {
			path := drawPath(t)
			changed := e.changed(path)
			e.tree.folder(path)
			return changed
		},
		"away": func(t *rapid.T) []string {
			path := drawPath(t)
			if n := e.tree.away(path); n != nil {
				e.taken[path] = n
			}
			return []string{path}
		},
		"back": func(t *rapid.T) []string {
			path := drawPath(t)
			changed := e.changed(path)
			if n := e.taken[path]; n != nil {
				e.tree.back(path, n)
				delete(e.taken, path)
			}
			return changed
		},
		"lock": func(t *rapid.T) []string {
			path := drawPath(t)
			e.tree.lock(path, true)
			return []string{path}
		},
		"unlock": func(t *rapid.T) []string {
			path := drawPath(t)
			e.tree.lock(path, false)
			return []string{path}
		},
		"begin to write": func(t *rapid.T) []string {
			path := drawFile(t)
			e.tree.move(path, true)
			return []string{path}
		},
		"end to write": func(t *rapid.T) []string {
			path := drawFile(t)
			e.tree.move(path, false)
			return []string{path}
		},
		"fail": func(t *rapid.T) []string {
			c := rapid.SampledFrom([]call{openRoot, listRoot, openFolder, listFolder, statFile}).Draw(t, "to")
			path := map[call]string{openFolder: "a.b", listFolder: "c.d", statFile: "a.b/1"}[c]
			e.failed[string(c)+path] = rapid.SampledFrom([]error{session.ErrIO, session.ErrNoDescriptor, session.ErrHangs}).Draw(t, "with")
			e.setFaults()
			return []string{path}
		},
		"fail no more": func(*rapid.T) []string {
			clear(e.failed)
			e.setFaults()
			return []string{""}
		},
	}
	actions := e.hinting(edits)
	maps.Copy(actions, e.manyActions())
	maps.Copy(actions, e.mountActions())
	return actions
}

// withoutFaults deletes the actions after which nothing can be judged.
func (e *editor) withoutFaults(actions map[string]func(*rapid.T)) {
	for _, fault := range []string{"lock", "unlock", "fail", "fail no more"} {
		delete(actions, fault)
	}
	for mount := range e.mountActions() {
		delete(actions, mount)
	}
}

// hinting returns edits as actions that tell a watcher what changed.
func (e *editor) hinting(edits map[string]func(*rapid.T) []string) map[string]func(*rapid.T) {
	actions := make(map[string]func(*rapid.T), len(edits))
	for name, edit := range edits {
		actions[name] = func(t *rapid.T) {
			for _, path := range edit(t) {
				e.hint(path)
			}
		}
	}
	return actions
}

func (e *editor) setFaults() {
	failed := maps.Clone(e.failed)
	e.tree.faults.of = func(c call, path string) error { return failed[string(c)+path] }
}

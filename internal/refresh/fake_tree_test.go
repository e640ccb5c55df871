package refresh_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// tree is a MobileApps folder in memory, with the habits of file systems that
// make a pass hard: time stamps move in ticks, inode numbers are used again at
// once, a folder that was opened stays what it was although another one is at
// its path by now, and any call may fail.
//
// A path is "" for the root, "APP" for an app folder, "APP/ID" for a file, and ".."
// for the folder that the root is in. What is mounted where is in
// fake_mounts_test.go.
type tree struct {
	clock refresh.Clock
	// tick is the step of the time stamps; skew is how far the clock that they
	// are taken from is ahead of ours.
	tick, skew time.Duration
	on         mobileapps.FileSystem

	mu     sync.Mutex
	home   *node            // the folder above the one that the root is in
	linked *node            // the folder with the link to the root, where there is one
	linkOn mobileapps.Mount // what that folder is on
	used   map[uint64]bool  // inode numbers
	mounts uint64           // how many there ever were

	faults trouble
	reads  int // how many files were read
}

// node is a file, a folder or a link.
type node struct {
	kind         fs.FileMode
	dev, ino     uint64
	mtime, ctime int64
	data         []byte
	entries      map[string]*node
	locked       bool      // its permissions let nobody in
	dead         bool      // it was removed
	moving       bool      // somebody is writing it
	mounted      []mounted // on it, the last on top
}

const (
	rootName  = "MobileApps"
	aboveName = "disk" // of the folder that the root is in
	abovePath = ".."
	homeDev   = 1
)

func newTree(clock refresh.Clock, tick time.Duration) *tree {
	t := &tree{
		clock: clock,
		tick:  tick,
		used:  make(map[uint64]bool),
	}
	t.home = t.newNode(fs.ModeDir, homeDev)
	t.home.entries[aboveName] = t.newNode(fs.ModeDir, homeDev)
	return t
}

func (t *tree) stamp() int64 { return t.clock().Wall.Add(t.skew).Truncate(t.tick).UnixNano() }

// newNode takes the lowest inode number that is free: many file systems do.
func (t *tree) newNode(kind fs.FileMode, dev uint64) *node {
	ino := uint64(1)
	for t.used[ino] {
		ino++
	}
	t.used[ino] = true
	n := &node{kind: kind, dev: dev, ino: ino, mtime: t.stamp(), ctime: t.stamp()}
	if kind.IsDir() {
		n.entries = make(map[string]*node)
	}
	return n
}

func (n *node) signature() mobileapps.Signature {
	return mobileapps.Signature{Dev: n.dev, Ino: n.ino, Size: int64(len(n.data)), Mtime: n.mtime, Ctime: n.ctime}
}

// at returns what is at a path, nil where nothing is.
func (t *tree) at(path string) *node {
	n, _ := t.find(path)
	return n
}

// find returns what is at a path, nil where nothing is, and the mount it is on.
func (t *tree) find(path string) (*node, mobileapps.Mount) {
	dir, name, on := t.parent(path)
	if dir == nil || dir.entries[name] == nil {
		return nil, on
	}
	return dir.entries[name].top(on)
}

// parent returns the folder that a path is in, nil where there is none, the path's
// last name, and the mount that the folder is on.
func (t *tree) parent(path string) (dir *node, name string, on mobileapps.Mount) {
	up, name := "", path
	switch path {
	case abovePath:
		return t.home, aboveName, homeMount
	case "":
		up, name = abovePath, rootName
	default:
		if before, after, ok := strings.Cut(path, "/"); ok {
			up, name = before, after
		}
	}
	dir, on = t.find(up)
	if dir == nil || !dir.kind.IsDir() {
		return nil, name, on
	}
	return dir, name, on
}

// put makes a node what is at a path, in the place of what was there. Folders
// that are missing on the way are made. It reports whether that could be done: what
// something is mounted on stays where it is.
func (t *tree) put(path string, n *node) bool {
	dir, name, _ := t.parent(path)
	if dir == nil {
		up, _, deep := strings.Cut(path, "/")
		switch {
		case path == "":
			up = abovePath
		case !deep:
			up = ""
		}
		if !t.put(up, t.newNode(fs.ModeDir, homeDev)) {
			return false
		}
		dir, name, _ = t.parent(path)
	}
	old := dir.entries[name]
	if old != nil && old.isBusy() {
		return false
	}
	if old != nil && old != n {
		t.bury(old)
	}
	dir.entries[name] = n
	n.moveTo(dir.dev)
	dir.mtime, dir.ctime = t.stamp(), t.stamp()
	return true
}

// take removes what is at a path and returns it, nil where nothing was, or where
// something is mounted on it.
func (t *tree) take(path string) *node {
	dir, name, _ := t.parent(path)
	if dir == nil || dir.entries[name] == nil || dir.entries[name].isBusy() {
		return nil
	}
	n := dir.entries[name]
	delete(dir.entries, name)
	dir.mtime, dir.ctime = t.stamp(), t.stamp()
	n.ctime = t.stamp()
	return n
}

// bury frees the inode numbers of a node that is gone for good.
func (t *tree) bury(n *node) {
	n.dead = true
	n.ctime = t.stamp()
	delete(t.used, n.ino)
	for _, child := range n.entries {
		t.bury(child)
	}
}

// What people and programs do to the tree. Each returns whether there was
// something to do it to.

// write writes a file in place, or makes it.
func (t *tree) write(path, data string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	if n == nil || !n.kind.IsRegular() {
		n = t.newNode(0, homeDev)
		t.put(path, n)
	}
	n.data = []byte(data)
	n.mtime, n.ctime = t.stamp(), t.stamp()
}

// swap writes a new file and renames it over what is there.
func (t *tree) swap(path, data string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.newNode(0, homeDev)
	n.data = []byte(data)
	t.put(path, n)
}

// folder makes a folder.
func (t *tree) folder(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.at(path); n == nil || !n.kind.IsDir() {
		t.put(path, t.newNode(fs.ModeDir, homeDev))
	}
}

// place puts something there that is no regular file and no folder.
func (t *tree) place(path string, kind fs.FileMode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(path, t.newNode(kind, homeDev))
}

// remove deletes a file, or a folder with all that is in it.
func (t *tree) remove(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.take(path)
	if n != nil {
		t.bury(n)
	}
	return n != nil
}

// away moves something out of the tree.
func (t *tree) away(path string) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.take(path)
}

// back moves something into the tree.
func (t *tree) back(path string, n *node) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(path, n)
	n.ctime = t.stamp()
}

// rename moves something within the tree.
func (t *tree) rename(from, to string) bool {
	n := t.away(from)
	if n != nil {
		t.back(to, n)
	}
	return n != nil
}

// touch sets a file's mtime to that of the clock, and further by some time.
func (t *tree) touch(path string, by time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	if n != nil {
		n.mtime, n.ctime = t.stamp()+by.Nanoseconds(), t.stamp()
	}
	return n != nil
}

// setMtime sets a file's mtime.
func (t *tree) setMtime(path string, mtime int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	n.mtime, n.ctime = mtime, t.stamp()
}

// rewrite changes the content of a file and sets its times back, as far as the
// signature shows.
func (t *tree) rewrite(path, data string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at(path).data = []byte(data)
}

// lock takes the permission to read something away, or gives it back.
func (t *tree) lock(path string, locked bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	if n != nil {
		n.locked, n.ctime = locked, t.stamp()
	}
	return n != nil
}

// move begins or ends to write a file slowly: no read in between is stable.
func (t *tree) move(path string, moving bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	if n != nil {
		n.moving, n.mtime, n.ctime = moving, t.stamp(), t.stamp()
	}
	return n != nil
}

// files returns the paths of all regular files, sorted.
func (t *tree) files() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var paths []string
	if root := t.at(""); root != nil {
		for _, app := range slices.Sorted(maps.Keys(root.entries)) {
			for _, id := range slices.Sorted(maps.Keys(t.at(app).entries)) {
				if path := app + "/" + id; t.at(path).kind.IsRegular() {
					paths = append(paths, path)
				}
			}
		}
	}
	return paths
}

// apps returns the names of all app folders.
func (t *tree) apps() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var apps []string
	if root := t.at(""); root != nil {
		for name, n := range root.entries {
			if n.kind.IsDir() && session.IsAppFolderName(name) {
				apps = append(apps, name)
			}
		}
	}
	return apps
}

// list says whether a folder can be listed.
func (t *tree) list(path string) error {
	open, list := openFolder, listFolder
	if path == "" {
		open, list = openRoot, listRoot
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n, on := t.find(path)
	h, err := t.open(n, on, path, open)
	if err != nil {
		return err
	}
	if _, err = h.next(list, 1); errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// content returns the content of a file, and whether it can be read.
func (t *tree) content(path string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	if n == nil || !n.kind.IsRegular() {
		return "", fs.ErrNotExist
	}
	for _, c := range []call{statFile, readFile} {
		if err := t.faults.with(c, path); err != nil {
			return "", err
		}
	}
	if n.locked {
		return "", syscall.EACCES
	}
	return string(n.data), nil
}

// isFile reports whether a regular file is at a path.
func (t *tree) isFile(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.at(path)
	return t.isLinked() && n != nil && n.kind.IsRegular()
}

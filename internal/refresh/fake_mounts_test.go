package refresh_test

import (
	"io/fs"
	"maps"
	"slices"

	"sessiond/internal/mobileapps"
)

// mounted is what is mounted on a folder: the root of a file system, or of a part of
// one, that has a number of its own with each mount.
type mounted struct {
	root *node
	id   uint64
}

// homeMount is what is mounted on the folder above all others.
var homeMount = mobileapps.Mount{ID: 1, Device: homeDev}

// top returns what is seen where a node is: what is mounted on it, or itself, which
// is on a mount.
func (n *node) top(on mobileapps.Mount) (*node, mobileapps.Mount) {
	if len(n.mounted) == 0 {
		return n, on
	}
	m := n.mounted[len(n.mounted)-1]
	return m.root, mobileapps.Mount{ID: m.id, Device: m.root.dev}
}

// isBusy reports whether something is mounted on a node, or beneath it.
func (n *node) isBusy() bool {
	if len(n.mounted) > 0 {
		return true
	}
	for _, child := range n.entries {
		if child.isBusy() {
			return true
		}
	}
	return false
}

// moveTo makes a node, and all that is in it, part of a file system.
func (n *node) moveTo(dev uint64) {
	if n.dev == dev {
		return
	}
	n.dev = dev
	for _, child := range n.entries {
		child.moveTo(dev)
	}
}

// nearestGiven returns the nearest folder above the root on its path as it was given.
func (t *tree) nearestGiven() (*node, mobileapps.Mount) {
	if t.linked != nil {
		return t.linked, t.linkOn
	}
	return t.nearestReal()
}

// nearestReal returns the nearest folder above the root on the path that links lead to.
func (t *tree) nearestReal() (*node, mobileapps.Mount) {
	if n, on := t.find(abovePath); n != nil {
		return n, on
	}
	return t.home, homeMount
}

// Nearest implements [mobileapps.Tree].
func (t *tree) Nearest(last mobileapps.Place) (mobileapps.Nearest, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	given, above := t.nearestGiven()
	near := mobileapps.Nearest{Signature: given.signature(), Mount: above, Above: above}
	if last.Path != "" {
		_, near.Mount = t.nearestReal()
		if root, on := t.find(""); root != nil { // the link to it is gone
			near.Mount = on
		}
	}
	return near, nil
}

const linkName = "link"

// link has the root reached through a link in a folder of its own.
func (t *tree) link() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.linked, t.linkOn = t.newNode(fs.ModeDir, homeDev), homeMount
	t.linked.entries[linkName] = t.newNode(fs.ModeSymlink, homeDev)
}

// isLinked reports whether the root's path leads to the folder that it should, there or
// not.
func (t *tree) isLinked() bool { return t.linked == nil || t.linked.entries[linkName] != nil }

// unlink removes the link to the root.
func (t *tree) unlink() {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.linked.entries, linkName)
	t.linked.mtime, t.linked.ctime = t.stamp(), t.stamp()
}

// mountOn mounts the root of a file system at the folder of a path, with a number
// that no mount had before. The folder that this one is in does not change by that.
// It returns false where there is no folder.
func (t *tree) mountOn(path string, root *node) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, name, _ := t.parent(path)
	if dir == nil || dir.entries[name] == nil || !dir.entries[name].kind.IsDir() {
		return false
	}
	t.mounts++
	n := dir.entries[name]
	n.mounted = append(n.mounted, mounted{root, homeMount.ID + t.mounts})
	return true
}

// mount mounts an empty file system at the folder of a path.
func (t *tree) mount(path string, dev uint64) bool { return t.mountOn(path, t.disk(dev)) }

// bind mounts a folder at its own path: the same file system once more.
func (t *tree) bind(path string) bool {
	n := t.at(path)
	return n != nil && t.mountOn(path, n)
}

// unmount takes away what was mounted last at a path, and returns it, nil where
// nothing was.
func (t *tree) unmount(path string) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, name, _ := t.parent(path)
	if dir == nil || dir.entries[name] == nil || len(dir.entries[name].mounted) == 0 {
		return nil
	}
	n := dir.entries[name]
	last := len(n.mounted) - 1
	root := n.mounted[last].root
	n.mounted = n.mounted[:last]
	return root
}

// eject unmounts what is mounted at a path and removes the mount point, as macOS does.
func (t *tree) eject(path string) *node {
	root := t.unmount(path)
	if root != nil {
		t.remove(path)
	}
	return root
}

// disk returns the root of an empty file system.
func (t *tree) disk(dev uint64) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newNode(fs.ModeDir, dev)
}

// copyOf returns a copy of all that is in a folder, on a file system of its own.
func (t *tree) copyOf(n *node, dev uint64) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.copyNode(n, dev)
}

func (t *tree) copyNode(n *node, dev uint64) *node {
	c := t.newNode(n.kind, dev)
	c.data, c.mtime = n.data, n.mtime // the data of a node is never written to
	for name, child := range n.entries {
		c.entries[name] = t.copyNode(child, dev)
	}
	return c
}

// isMounted reports whether something is mounted at a path.
func (t *tree) isMounted(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, name, _ := t.parent(path)
	return dir != nil && dir.entries[name] != nil && len(dir.entries[name].mounted) > 0
}

// eachFile calls a function for each file in a folder, in order.
func (n *node) eachFile(do func(*node)) {
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		child := n.entries[name]
		if child.kind.IsRegular() {
			do(child)
		}
		child.eachFile(do)
	}
}

package refresh

import (
	"errors"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Origin is where the last pass found the tree. Whoever looks at files beside the passes
// holds what they find against it: after an unmount, a file that is not there says
// nothing, and no pass may have noticed yet.
type Origin struct {
	root rootIdentity
	// mounts are the app folders that are mount points.
	mounts map[string]mobileapps.Mount
}

// errNotSeen says that no pass has seen the tree as it is now.
var errNotSeen = errors.New("no pass has seen the root as it is now")

// Origin returns where the last pass found the tree.
func (m *Memory) Origin() Origin { return Origin{m.root, m.mounts} }

// Admitting reports whether the admission of start-up is still to come: no pass has
// found an app folder.
func (m *Memory) Admitting() bool { return m.startup }

// Find looks once, through a tree, whether there is a session file. It returns an error
// where that cannot be told.
func (o Origin) Find(tree mobileapps.Tree, key session.Key) (bool, error) {
	root, err := tree.Open()
	switch {
	case mobileapps.IsAbsent(err) && o.root.presence == rootMissing:
		return false, nil
	case mobileapps.IsAbsent(err):
		return false, errNotSeen
	case err != nil:
		return false, err
	}
	defer root.Close()
	if !o.isRoot(root.Signature(), root.Mount()) {
		return false, errNotSeen
	}
	folder, err := root.Open(key.App)
	switch {
	case mobileapps.IsAbsent(err):
		return false, o.lost(key.App, root.Mount(), root.Mount())
	case err != nil:
		return false, err
	}
	defer folder.Close()
	if err := o.lost(key.App, root.Mount(), folder.Mount()); err != nil {
		return false, err
	}
	var files mobileapps.Batch
	files.Add(key.ID)
	files.Entry(0).Fresh = true
	mobileapps.Look(folder, &files, []int{0})
	err = files.Entry(0).Err
	if mobileapps.IsAbsent(err) {
		return false, nil
	}
	return err == nil, err
}

// Knows reports whether a folder is where the last pass found the app folder of this name: it
// may be on a mount that no pass has seen yet, below a root that none has seen.
func (o Origin) Knows(root mobileapps.Signature, rootMount mobileapps.Mount, app string, folder mobileapps.Mount) bool {
	return o.isRoot(root, rootMount) && o.lost(app, rootMount, folder) == nil
}

// isRoot reports whether the last pass found this root.
func (o Origin) isRoot(sig mobileapps.Signature, mount mobileapps.Mount) bool {
	return o.root == rootIdentity{presence: rootPresent, dev: sig.Dev, ino: sig.Ino, mount: mount}
}

// lost returns an error where an app folder is on another mount than it was. One that is not
// there is like one on the root's.
func (o Origin) lost(app string, root, now mobileapps.Mount) error {
	if now == root {
		now = mobileapps.Mount{}
	}
	if o.mounts[app] != now {
		return session.ErrOtherMount
	}
	return nil
}

// mountPoints returns the app folders that are mount points; nil for none.
func (m *Memory) mountPoints() map[string]mobileapps.Mount {
	var all map[string]mobileapps.Mount
	for name, a := range m.apps {
		if a.mount != (mobileapps.Mount{}) {
			if all == nil {
				all = make(map[string]mobileapps.Mount)
			}
			all[name] = a.mount
		}
	}
	return all
}

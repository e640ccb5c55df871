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
	// mounts are the app folders that are mount points, as of the last full pass.
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
	if sig := root.Signature(); o.root != (rootIdentity{presence: rootPresent, dev: sig.Dev, ino: sig.Ino, mount: root.Mount()}) {
		return false, errNotSeen
	}
	folder, err := root.Open(key.App)
	switch {
	case mobileapps.IsAbsent(err):
		return false, o.lost(key.App, mobileapps.Mount{})
	case err != nil:
		return false, err
	}
	defer folder.Close()
	if err := o.lost(key.App, folder.Mount()); err != nil {
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

// lost returns an error where an app folder was a mount point and is on another mount
// now.
func (o Origin) lost(app string, now mobileapps.Mount) error {
	if was, is := o.mounts[app]; is && was != now {
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

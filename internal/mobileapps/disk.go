package mobileapps

import (
	"path/filepath"
	"sync"

	"sessiond/internal/session"
)

// Disk is the tree in the operating system's file system.
type Disk struct {
	root        string
	maxFileSize int64
	stat        stater
	user        func() string // the name of the user that this process acts as
}

// NewDisk returns the tree whose root is the folder at a path, which need not be
// there. Session files over maxFileSize bytes cannot be judged (EFBIG).
func NewDisk(root string, maxFileSize int64) *Disk {
	return &Disk{root: root, maxFileSize: maxFileSize, stat: newStater(), user: sync.OnceValue(EffectiveUser)}
}

// errTooLarge says that a session file is over the limit.
var errTooLarge error = session.ErrTooLarge

// Nearest implements [Tree].
func (d *Disk) Nearest(last Place) (Nearest, error) {
	sig, above, err := d.nearest(filepath.Dir(filepath.Clean(d.root)))
	if err != nil {
		return Nearest{}, err
	}
	n := Nearest{Signature: sig, Mount: above, Above: above}
	if last.Path != "" {
		if _, n.Mount, err = d.nearest(last.Path); err != nil {
			return Nearest{}, err
		}
	}
	return n, nil
}

// nearest looks at a folder or, where it is not there, at the nearest one above
// it that is.
func (d *Disk) nearest(path string) (Signature, Mount, error) {
	for ; ; path = filepath.Dir(path) {
		sig, mount, err := d.stat.folder(path)
		if err == nil || !IsAbsent(err) || path == filepath.Dir(path) {
			return sig, mount, err
		}
	}
}

// place returns where the root is that was opened on a mount.
func (d *Disk) place(on Mount) (Place, error) {
	path, err := d.resolved(on)
	if err != nil {
		return Place{}, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return Place{}, err
	}
	_, above, err := d.stat.folder(filepath.Dir(filepath.Clean(d.root)))
	return Place{Path: path, Mount: on, Above: above}, err
}

// resolved returns the root's path with all links resolved; as it was given where what
// links say does not lead to the root. A link such as /proc/PID/root says "/" and leads
// to another mount namespace.
func (d *Disk) resolved(on Mount) (string, error) {
	if path, err := filepath.EvalSymlinks(d.root); err == nil {
		if _, mount, err := d.stat.folder(path); err == nil && mount == on {
			return path, nil
		}
	}
	_, _, err := d.stat.folder(d.root)
	return d.root, err
}

// isApp and isFile check a requested name against the naming rules, so that nothing
// can be reached by name that a listing would not show.
func isApp(name string) bool  { return session.IsAppFolderName(name) && isLocal(name) }
func isFile(name string) bool { return session.IsSessionFileName(name) && isLocal(name) }

// isLocal excludes what Windows takes for more than a name: backslashes, streams,
// devices.
func isLocal(name string) bool {
	_, err := filepath.Localize(name)
	return err == nil
}

package mobileapps

import (
	"path/filepath"

	"sessiond/internal/session"
)

// Disk is the tree in the operating system's file system.
type Disk struct {
	root        string
	maxFileSize int64
	stat        stater
}

// NewDisk returns the tree whose root is the folder at a path, which need not be
// there. Session files over maxFileSize bytes cannot be judged (EFBIG).
func NewDisk(root string, maxFileSize int64) *Disk {
	return &Disk{root: root, maxFileSize: maxFileSize, stat: newStater()}
}

// Nearest implements [Tree].
func (d *Disk) Nearest() (Signature, error) {
	for path := filepath.Dir(filepath.Clean(d.root)); ; path = filepath.Dir(path) {
		sig, err := statPath(path)
		if err == nil || !IsAbsent(err) || path == filepath.Dir(path) {
			return sig, err
		}
	}
}

// isApp and isFile hold a name that is asked for against the naming rules, so
// that nothing can be reached by name but what a listing could show.
func isApp(name string) bool  { return session.IsAppFolderName(name) && isLocal(name) }
func isFile(name string) bool { return session.IsSessionFileName(name) && isLocal(name) }

// isLocal keeps out what Windows takes for more than a name: backslashes,
// streams, devices.
func isLocal(name string) bool {
	_, err := filepath.Localize(name)
	return err == nil
}

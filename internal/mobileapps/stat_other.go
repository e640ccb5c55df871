//go:build unix && !linux

package mobileapps

// stater looks at files.
type stater struct{}

func newStater() stater { return stater{} }

// dir looks at a folder: at the open one, or at that of a path. This system's mounts
// have no numbers.
func (stater) dir(dirfd int, path string) (sig Signature, mountID uint64, err error) {
	sig, err = fstatDir(dirfd, path)
	return sig, 0, err
}

// at looks at a file in an open folder.
func (stater) at(dirfd int, name []byte) (Signature, error) { return fstatAt(dirfd, name) }

//go:build unix && !linux

package mobileapps

// stater looks at files.
type stater struct{}

func newStater() stater { return stater{} }

// at looks at a file in an open folder.
func (stater) at(dirfd int, name []byte) (Signature, error) { return fstatAt(dirfd, name) }

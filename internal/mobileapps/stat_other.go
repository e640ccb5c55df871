//go:build unix && !linux

package mobileapps

import "golang.org/x/sys/unix"

// stater looks at files and folders. No call has a file system ask its server.
type stater struct{}

func newStater() stater { return stater{} }

func (stater) on(fs *unix.Statfs_t) FileSystem { return fileSystemOf(fs).withoutFresh() }

// dir looks at a folder: at the open one, or at that of a path. This system's mounts
// have no numbers.
func (stater) dir(dirfd int, path string, _ bool) (sig Signature, mountID uint64, err error) {
	sig, err = fstatDir(dirfd, path)
	return sig, 0, err
}

// at looks at a file in an open folder.
func (stater) at(dirfd int, name []byte, _ bool) (Signature, error) { return fstatAt(dirfd, name) }

// file looks at an open file.
func (stater) file(fd int, _ bool) (Signature, error) { return statFile(fd) }

package mobileapps

import "time"

// FileSystem is what there is to know of the file system that a folder is on. The
// zero value is that of a local one of its operating system.
type FileSystem struct {
	// Name is what people call it; empty for all that have none of the following.
	Name string
	// NoCtime is true where a file has no time of its last change that programs
	// cannot set: an edit of the same size whose mtime was set back leaves the
	// signature as it was.
	NoCtime bool
	// Caches is true where others change files behind the kernel's back: what it says
	// of a name or a file may have been so some time ago. A listing shows what is there
	// now, and so does a look with [Entry.Fresh], unless Stale is not 0.
	Caches bool
	// Stale is how long what it says may stay wrong, where nothing makes it ask.
	Stale time.Duration
}

// stale is longer than kernels believe what they know of a file that has just changed:
// one second for FUSE and SMB, three for NFS, if they are left as they are.
const stale = 3500 * time.Millisecond

// withoutFresh returns what holds where no look can be fresh.
func (fs FileSystem) withoutFresh() FileSystem {
	if fs.Caches {
		fs.Stale = stale
	}
	return fs
}

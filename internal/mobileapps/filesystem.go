package mobileapps

import "time"

// FileSystem is what is special about the file system that a folder is on. The zero
// value is that of an ordinary local one.
type FileSystem struct {
	// Name is its usual name; empty for all that have none of the following.
	Name string
	// NoCtime is true where files have no change time that programs cannot set: an
	// edit of the same size whose mtime was set back leaves the signature as it
	// was.
	NoCtime bool
	// Caches is true where others change files without the kernel's knowledge: what
	// it says of a name or a file may be out of date. A listing is always up to
	// date, and so is a look with [Entry.Fresh], unless Stale is not 0.
	Caches bool
	// Stale is how long the kernel's answer may be out of date, where nothing makes
	// it ask the server.
	Stale time.Duration
}

// stale is longer than kernels cache the attributes of a file that has just
// changed: one second for FUSE and SMB, three for NFS, by default.
const stale = 3500 * time.Millisecond

// withoutFresh returns the description for where no look can be fresh.
func (fs FileSystem) withoutFresh() FileSystem {
	if fs.Caches {
		fs.Stale = stale
	}
	return fs
}

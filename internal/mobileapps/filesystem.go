package mobileapps

// FileSystem is what there is to know of the file system that a folder is on. The
// zero value is that of a local one of its operating system.
type FileSystem struct {
	// NoCtime is true where a file has no time of its last change that programs
	// cannot set: an edit of the same size whose mtime was set back leaves the
	// signature as it was.
	NoCtime bool
}

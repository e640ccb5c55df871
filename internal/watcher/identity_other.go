//go:build !unix

package watcher

import "os"

// identity tells a folder from every other that there is at the same time.
type identity struct{ info os.FileInfo }

// identify returns the identity of the folder at a path, nil where there is none or
// it cannot be determined. Where the last name of the path is a link, it is followed
// only if follow says so.
func identify(path string, follow bool) *identity {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(path)
	if err != nil || !info.IsDir() {
		return nil
	}
	// On Windows an os.FileInfo looks for its identity, by path, when it is
	// first compared. That must be now, not when another folder is there.
	os.SameFile(info, info)
	return &identity{info}
}

// same reports whether both are the same folder, and that there is one.
func same(a, b *identity) bool { return a != nil && b != nil && os.SameFile(a.info, b.info) }

// sameDevice takes all folders for being on one device: no file system is known
// here to give no events.
func sameDevice(_, _ *identity) bool { return true }

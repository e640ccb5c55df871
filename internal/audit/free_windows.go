package audit

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// freeSpace returns how many bytes the process may still write to the file system of
// a path, if the system says so.
func freeSpace(path string) (uint64, bool) {
	dir, err := windows.UTF16PtrFromString(filepath.Dir(path))
	if err != nil {
		return 0, false
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(dir, &free, nil, nil) != nil {
		return 0, false
	}
	return free, true
}

package mobileapps

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows"

	"sessiond/internal/winpath"
)

// utf16Path returns a path as calls of Windows want it.
func utf16Path(elements ...string) (*uint16, error) {
	return windows.UTF16PtrFromString(winpath.Extended(filepath.Join(elements...)))
}

// mustBeSpelled returns an error where nothing in a folder has a name just as it is
// given: Windows also finds a file in other letters, and under a short name (8.3). That
// name is no key of ours, and what is found there has another.
func mustBeSpelled(folder, name string) error {
	path, err := utf16Path(folder, name)
	if err != nil {
		return err
	}
	var found windows.Win32finddata
	search, err := windows.FindFirstFile(path, &found)
	if err != nil {
		return err
	}
	defer func() { _ = windows.FindClose(search) }()
	if windows.UTF16ToString(found.FileName[:]) != name {
		return fs.ErrNotExist
	}
	return nil
}

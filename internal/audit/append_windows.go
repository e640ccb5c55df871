package audit

import (
	"os"
	"path/filepath"
)

// openToAppend opens a file to append to it, and makes it where it is missing. What is
// opened beneath an os.Root is shared for deleting, so that others can rotate the file by
// renaming it; what is opened by its path is not.
func openToAppend(path string) (*os.File, error) {
	folder, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.OpenFile(filepath.Base(path), os.O_RDWR|os.O_APPEND|os.O_CREATE, fileMode)
}

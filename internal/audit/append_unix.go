//go:build unix

package audit

import "os"

// openToAppend opens a file to append to it, and makes it where it is missing.
func openToAppend(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, fileMode)
}

//go:build !linux

package mobileapps

import "errors"

// SyncFileSystem would have all on disk that is on the file system of an open file: other
// systems have no such call, or one that does not wait.
func SyncFileSystem(int) error { return errors.ErrUnsupported }

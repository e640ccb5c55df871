//go:build unix

package harness

import (
	"os"
	"testing"
)

// ShortFolder returns a folder in which a socket may be: the path of a test's own
// is too long.
func ShortFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "sd")
	Must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// Exists reports whether there is something at a path, be it a link that leads nowhere.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

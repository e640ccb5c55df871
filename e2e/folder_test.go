//go:build unix

package e2e

import (
	"os"
	"testing"
)

// shortFolder returns a folder in which a socket may be: the path of a test's own
// is too long.
func shortFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "sd")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// exists reports whether there is something at a path, be it a link that leads nowhere.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

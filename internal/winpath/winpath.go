// Package winpath knows the forms of paths of Windows.
package winpath

import "strings"

// maxFolder is the longest path, in characters, that a folder may have by the old rule: a
// file's may have 12 more, and the zero at its end.
const maxFolder = 260 - 12 - 1

// Extended returns a path that Windows takes whatever its length. Before Windows 10 version
// 1703 it takes a long one only in the form `\\?\C:\…`, or `\\?\UNC\SERVER\SHARE\…`; to
// later ones the Go runtime says that long paths are meant. The path is absolute and clean;
// any other is returned as it is.
func Extended(path string) string {
	switch {
	case len(path) <= maxFolder, strings.HasPrefix(path, `\\?\`), strings.HasPrefix(path, `\\.\`):
		return path
	case strings.HasPrefix(path, `\\`):
		return `\\?\UNC` + path[1:]
	case len(path) > 2 && path[1:3] == `:\`:
		return `\\?\` + path
	}
	return path
}

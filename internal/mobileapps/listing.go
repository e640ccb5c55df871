package mobileapps

import (
	"io/fs"
	"os"

	"sessiond/internal/session"
)

// nextNames returns those of the next n entries of an open folder whose name and
// kind are accepted, how many links there are under such names, and io.EOF after the
// last.
func nextNames(dir *os.File, n int, goodName func(string) bool, goodKind func(fs.FileMode) bool) (names []string, links int, err error) {
	entries, err := dir.ReadDir(n)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		switch {
		case !goodName(e.Name()):
		case goodKind(e.Type()):
			names = append(names, e.Name())
		case e.Type()&fs.ModeSymlink != 0:
			links++
		}
	}
	return names, links, nil
}

func nextApps(dir *os.File, n int) (apps []string, links int, err error) {
	return nextNames(dir, n, session.IsAppFolderName, fs.FileMode.IsDir)
}

func nextFiles(dir *os.File, n int) ([]string, error) {
	names, _, err := nextNames(dir, n, session.IsSessionFileName[string], fs.FileMode.IsRegular)
	return names, err
}

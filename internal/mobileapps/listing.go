package mobileapps

import (
	"io/fs"
	"os"

	"sessiond/internal/session"
)

// nextNames returns those of the next n entries of an open folder whose name and
// kind are accepted, and io.EOF after the last.
func nextNames(dir *os.File, n int, goodName func(string) bool, goodKind func(fs.FileMode) bool) ([]string, error) {
	entries, err := dir.ReadDir(n)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if goodName(e.Name()) && goodKind(e.Type()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func nextApps(dir *os.File, n int) ([]string, error) {
	return nextNames(dir, n, session.IsAppFolderName, fs.FileMode.IsDir)
}

func nextFiles(dir *os.File, n int) ([]string, error) {
	return nextNames(dir, n, session.IsSessionFileName[string], fs.FileMode.IsRegular)
}

package mobileapps

import (
	"io/fs"
	"os"
	"time"

	"sessiond/internal/session"
)

// lookSlice is how long one listing call goes on looking at files: many of them
// on a share that takes its time for each must not look like a call that hangs.
const lookSlice = 50 * time.Millisecond

// nextNames returns those of the next n entries of an open folder that have a
// good name and the wanted kind, and io.EOF after the last.
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

// listing is how far the listing of an app folder has come.
type listing struct {
	dir  *os.File
	stat func(id string) (Signature, error)
	// names are session files that were listed and not yet looked at.
	names []string
}

// next returns the session files among the next n entries, with what stat says
// of each.
func (l *listing) next(n int) ([]File, error) {
	if len(l.names) == 0 {
		names, err := nextNames(l.dir, n, session.IsSessionFileName, fs.FileMode.IsRegular)
		if err != nil {
			return nil, err
		}
		l.names = names
	}
	return l.look()
}

// look looks at the files that were listed, one after the other, until its time
// is over.
func (l *listing) look() ([]File, error) {
	files := make([]File, 0, len(l.names))
	begun := time.Now()
	for i, name := range l.names {
		sig, err := l.stat(name)
		if err != nil {
			if isFolders(err) {
				return nil, err
			}
			// Its neighbours must not suffer for it; reading it tells why, or
			// that it is gone.
			sig = Signature{}
		}
		files = append(files, File{ID: name, Signature: sig})
		if time.Since(begun) >= lookSlice {
			l.names = l.names[i+1:]
			return files, nil
		}
	}
	l.names = nil
	return files, nil
}

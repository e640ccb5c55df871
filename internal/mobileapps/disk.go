package mobileapps

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sessiond/internal/session"
)

// DefaultMaxFileSize is the size in bytes over which a session file is not
// judged, where no setting says otherwise.
const DefaultMaxFileSize = 1 << 20

// Disk is the tree in the operating system's file system.
type Disk struct {
	root        string
	maxFileSize int64
}

// NewDisk returns the tree whose root is the folder at a path, which need not be
// there. Session files over maxFileSize bytes cannot be judged (EFBIG).
func NewDisk(root string, maxFileSize int64) *Disk {
	return &Disk{root: root, maxFileSize: maxFileSize}
}

// Nearest implements [Tree].
func (d *Disk) Nearest() (Signature, error) {
	for path := filepath.Dir(d.root); ; path = filepath.Dir(path) {
		sig, err := statPath(path)
		if err == nil || !IsAbsent(err) || path == filepath.Dir(path) {
			return sig, err
		}
	}
}

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

// nextFiles returns the session files among the next n entries, with what stat
// says of each.
func nextFiles(dir *os.File, n int, stat func(id string) (Signature, error)) ([]File, error) {
	names, err := nextNames(dir, n, session.IsSessionFileName, fs.FileMode.IsRegular)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		sig, err := stat(name)
		switch {
		case err == nil:
			files = append(files, File{ID: name, Signature: sig})
		case !IsAbsent(err): // gone since it was listed is no fault
			return nil, err
		}
	}
	return files, nil
}

// readAll reads a file to its end, which is expected after size bytes, and gives
// up with errTooLarge once more than limit bytes came.
func readAll(read func([]byte) (int, error), size, limit int64) ([]byte, error) {
	// One byte more than expected shows the end without growing the buffer.
	data := make([]byte, 0, min(size, limit)+1)
	for {
		n, err := read(data[len(data):cap(data)])
		data = data[:len(data)+max(n, 0)]
		switch {
		case err == io.EOF || err == nil && n == 0:
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) > limit:
			return nil, errTooLarge
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"
)

// fileMode lets the owner write and the group of administrators read.
const fileMode = 0o640

// file is the end of the record that is written to. It is not safe for concurrent use.
type file struct {
	path string
	gid  int // of a file that is made; negative: the process's
	f    *os.File
	size int64
	torn bool // its last line may lack its end
}

// open opens the file at the path, which it makes where it is missing, and gives a new
// one its header. A last line without an end, as a crash or a full disk leaves it, is
// closed.
func (w *file) open() error {
	f, err := openToAppend(w.path)
	if err != nil {
		return err
	}
	if err := w.adopt(f); err != nil {
		_ = f.Close()
		return err
	}
	if w.f != nil {
		_ = w.f.Close() // it was rotated, and all of it was written
	}
	w.f = f
	return nil
}

// adopt prepares an open file for being appended to.
func (w *file) adopt(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	w.size, w.torn = info.Size(), false
	torn, err := hasTornHeader(f, w.size)
	if err != nil {
		return err
	}
	if torn {
		if err := f.Truncate(0); err != nil {
			return err
		}
		w.size = 0
	}
	if w.size == 0 {
		return w.begin(f)
	}
	if err := checkHeader(f); err != nil {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, w.size-1); err != nil {
		return err
	}
	w.torn = last[0] != '\n'
	return nil
}

// begin makes a new file the group's, and writes its header.
func (w *file) begin(f *os.File) error {
	if w.gid >= 0 {
		if err := f.Chown(-1, w.gid); err != nil {
			return err
		}
		if err := f.Chmod(fileMode); err != nil { // the umask may have taken the group's right
			return err
		}
	}
	line, err := headerLine()
	if err != nil {
		return err
	}
	n, err := f.Write(line)
	w.size += int64(n)
	return err
}

func headerLine() ([]byte, error) {
	line, err := json.Marshal(header{formatName, formatVersion})
	return append(line, '\n'), err
}

// hasTornHeader reports whether a file holds the beginning of a header and nothing else,
// as a crash or a full disk leaves it right after the file was made.
func hasTornHeader(f *os.File, size int64) (bool, error) {
	line, err := headerLine()
	if err != nil || size == 0 || size >= int64(len(line))-1 {
		return false, err // a header that lacks but the end of its line is closed like any other line
	}
	beginning := make([]byte, size)
	if _, err := f.ReadAt(beginning, 0); err != nil {
		return false, err
	}
	return bytes.HasPrefix(line, beginning), nil
}

// checkHeader refuses a file that something else wrote, or a version that is newer
// than what this program can read back.
func checkHeader(f *os.File) error {
	beginning := make([]byte, 256)
	n, err := f.ReadAt(beginning, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	line, _, _ := bytes.Cut(beginning[:n], []byte("\n"))
	var h header
	if err := json.Unmarshal(line, &h); err != nil || h.Format != formatName {
		return errors.New("it is no audit log of sessiond: move it away, or name another file")
	}
	if h.Version > formatVersion {
		return fmt.Errorf("a newer version of sessiond wrote it (format %d): move it away", h.Version)
	}
	return nil
}

// renew opens the file again if it was rotated: if its path leads to another file, or to
// none.
func (w *file) renew() error {
	there, err := os.Stat(w.path)
	switch {
	case err == nil:
		mine, err := w.f.Stat()
		if err == nil && os.SameFile(there, mine) && there.Size() == w.size {
			return nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return w.open()
}

// append writes whole lines. Where that fails half-way, as on a full disk, what was
// written of them is taken back.
func (w *file) append(lines []byte) error {
	if w.torn {
		lines = append([]byte{'\n'}, lines...)
	}
	n, err := w.f.Write(lines)
	if err != nil {
		if n > 0 && w.f.Truncate(w.size) != nil {
			w.size += int64(n)
			w.torn = true
		}
		return err
	}
	w.size += int64(n)
	w.torn = false
	return nil
}

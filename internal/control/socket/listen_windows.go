package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"golang.org/x/sys/windows"

	"sessiond/internal/socketpath"
)

// maxPath is how long the path of a socket may be, in bytes (UNIX_PATH_MAX less
// the zero at its end).
const maxPath = 107

// noFollow has no meaning here.
const noFollow = 0

// holderOffset is where a lock file has its process id. The first byte is what
// is locked, and a locked byte can be neither read nor written.
const holderOffset = 1

func listen(s Config) (Listener, error) {
	if socketpath.IsPipe(s.Path) {
		return listenPipe(s)
	}
	return listenFile(s)
}

// bind makes the socket file and listens. Who may connect is up to the access
// control list that the file inherits from its folder.
func bind(path string, _ fs.FileMode) (*net.UnixListener, error) {
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if errors.Is(err, windows.WSAEAFNOSUPPORT) {
		return nil, errors.New("this Windows has no Unix sockets; 10 version 1803 and newer have them")
	}
	return ln, err
}

func lookupGroup(name string) (int, error) {
	if name != "" {
		return 0, fmt.Errorf("%w: on Windows only a named pipe has one; leave it empty, or name a pipe", ErrGroup)
	}
	return 0, nil
}

// grant has nothing to give: see bind.
func grant(string, fs.FileMode, int) error { return nil }

// belongsTo has nothing to compare: there are no groups.
func belongsTo(fs.FileInfo, int) bool { return true }

// isRefused reports whether an attempt to connect failed because nobody listens.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// tryLock locks the first byte of an open file until it is closed, unless somebody
// else has.
func tryLock(file *os.File) (bool, error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// Package socket owns the socket that the daemon is asked over: it makes it or takes it
// over from a service manager, holds the lock that keeps other daemons off, makes its
// file again where that was removed, and accepts connections up to a cap. On Windows it
// is a named pipe or a socket. What is said over the connections it does not know.
package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sessiond/internal/access"
	"sessiond/internal/socketpath"
)

// ErrHeld is what [Listen] returns, wrapped, where another process listens on
// the socket. The error names its process id as far as it is known.
var ErrHeld = errors.New("already in use")

// Errors of [Listen] about what was asked for: no attempt at it can succeed.
var (
	ErrPath  = errors.New("no socket can have this path")
	ErrGroup = errors.New("no socket can have this group")
)

// Config says where to listen and who may connect.
type Config struct {
	Path string
	// Mode has the permission bits of the socket; who may write to it may
	// connect. It has no effect on Windows.
	Mode fs.FileMode
	// Group is the name or the number of the group that the socket is given to;
	// empty leaves it with the daemon's. On Windows only a pipe has one, by its name or
	// security identifier: its members may connect, too.
	Group string
	// Unlocked has [Adopt] take no lock, where the folder of the socket is the service
	// manager's and what is served is nobody's alone.
	Unlocked bool
}

// Listen takes the socket for this process alone. On Windows a path that begins with
// \\.\pipe\ is that of a named pipe: that it is taken is all the lock it needs. All
// other paths are of files, as follows.
//
// A lock on the file Path + ".lock" is held for as long as the listener is open,
// and the socket file is made and removed only under it: without the lock, a
// daemon that ends could remove the socket of the one that came after it. The
// lock file stays; it holds the process id of who has the lock.
//
// A socket file on which nobody answers is a leftover and is replaced. Anything
// else that is in the way is left alone and is an error, [ErrHeld] where it is
// another daemon. Listen changes the umask of the process for a moment.
func Listen(s Config) (Listener, error) {
	l, err := listen(s)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w", s.Path, err)
	}
	return l, nil
}

// listenFile takes the socket that has a file.
func listenFile(s Config) (Listener, error) {
	if err := checkPath(s.Path); err != nil {
		return nil, err
	}
	if _, err := lookupGroup(s.Group); err != nil {
		return nil, err
	}
	if err := prepareFolder(s.Path); err != nil {
		return nil, err
	}
	lock, err := takeLock(lockPath(s.Path))
	if err != nil {
		return nil, err
	}
	socket, made, err := place(s)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return &FileListener{socket: s, sockets: []*net.UnixListener{socket}, made: made, lock: lock}, nil
}

// lockPath returns where the lock of a socket is.
func lockPath(socket string) string { return socket + ".lock" }

// place makes the socket file, in the place of one that nobody listens on any more,
// and gives it to its group. Only the holder of the lock may call it.
func place(s Config) (_ *net.UnixListener, made fs.FileInfo, err error) {
	group, err := lookupGroup(s.Group)
	if err != nil {
		return nil, nil, err
	}
	if err := removeStale(s.Path); err != nil {
		return nil, nil, err
	}
	socket, err := bind(s.Path, modeAtBirth(s))
	if err != nil {
		return nil, nil, err
	}
	socket.SetUnlinkOnClose(false)
	made, err = os.Lstat(s.Path)
	if err == nil {
		err = grant(s.Path, s.Mode, group)
	}
	if err != nil {
		return nil, nil, errors.Join(err, removeOwn(s.Path, made), socket.Close())
	}
	return socket, made, nil
}

// removeOwn removes a socket file, unless it has become somebody else's. It must be
// open still: then its inode cannot have been given to another file, so it tells
// whether the file is ours.
func removeOwn(path string, made fs.FileInfo) error {
	if now, err := os.Lstat(path); err == nil && made != nil && os.SameFile(now, made) {
		return os.Remove(path)
	}
	return nil
}

// modeAtBirth returns the mode that the socket is made with. Until it has been
// given to its group, the daemon's own group must not get what is meant for that
// one.
func modeAtBirth(s Config) fs.FileMode {
	if s.Group != "" {
		return s.Mode & 0o700
	}
	return s.Mode
}

// checkPath finds what the system would only call an invalid argument.
func checkPath(path string) error {
	switch {
	case path == "":
		return fmt.Errorf("%w: it is empty", ErrPath)
	case strings.HasPrefix(path, "@"):
		return fmt.Errorf("%w: one that begins with @ is an abstract socket on Linux; write ./ before it if a file is meant", ErrPath)
	case len(path) > maxPath:
		return fmt.Errorf("%w: it has %d bytes, and the system allows no more than %d", ErrPath, len(path), maxPath)
	}
	return nil
}

// prepareFolder makes the folder of a socket where that is up to us, and says plainly
// what would otherwise be an error about the lock file.
func prepareFolder(path string) error {
	if err := socketpath.EnsureDir(path, os.Getuid()); err != nil {
		return err
	}
	return checkFolder(filepath.Dir(path))
}

func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %q", folder)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%q is not a folder", folder)
	}
	return nil
}

// dialTimeout bounds the wait for an answer on a socket that is in the way.
const dialTimeout = 2 * time.Second

// removeStale removes a socket file that a daemon left behind that did not end
// properly. Only the holder of the lock may call it.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("there is something that is not a socket; it was left alone")
	}
	conn, err := net.DialTimeout("unix", path, dialTimeout)
	switch {
	case err == nil:
		holder := access.PeerOf(conn)
		return errors.Join(heldBy(holder.PID), conn.Close())
	case isRefused(err):
		return os.Remove(path)
	default:
		return fmt.Errorf("cannot tell whether somebody listens there: %w", err)
	}
}

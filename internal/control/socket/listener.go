package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"
)

// Listener is a socket, or on Windows a named pipe, that belongs to this process until it
// is closed. Closing it again does nothing.
type Listener interface {
	net.Listener
	// Restore makes again what clients find the socket by, where somebody has removed it.
	// It reports whether that was so.
	Restore() (made bool, err error)
}

// FileListener is a [Listener] on a Unix socket, which clients find by its file.
type FileListener struct {
	socket  Config
	adopted bool // the service manager's: it is not ours to make or to remove

	mu sync.Mutex
	// sockets has the one that clients find at the path at its end. On those before
	// it only clients wait that were connecting when their file was removed.
	sockets []*net.UnixListener
	made    fs.FileInfo // the socket file that is ours; nil where it was adopted
	lock    *fileLock
	closed  bool
}

// Addr returns the address that clients connect to.
func (l *FileListener) Addr() net.Addr { return &net.UnixAddr{Name: l.socket.Path, Net: "unix"} }

// Accept returns the next connection. Clients of a socket whose file was removed come
// first: nobody is turned away.
func (l *FileListener) Accept() (net.Conn, error) {
	for {
		from, last := l.oldest()
		if !last && !hasWaiting(from) {
			l.retire(from)
			continue
		}
		conn, err := from.Accept()
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return conn, err
		}
		// Restore has ended the wait: there is another socket.
	}
}

// oldest returns the first of the sockets, and whether there are no others.
func (l *FileListener) oldest() (socket *net.UnixListener, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	socket, last = l.sockets[0], len(l.sockets) == 1
	if !last {
		_ = socket.SetDeadline(time.Time{}) // it fails only where the socket is closed, and so does Accept
	}
	return socket, last
}

// retire closes the first of several sockets.
func (l *FileListener) retire(socket *net.UnixListener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sockets = l.sockets[1:]
	_ = socket.Close() // nobody waits on it
}

// Restore makes the socket's file again where somebody has removed it, as the end of a
// login or a cleaner of temporary files does, and the lock file likewise. It reports
// whether the socket's file was made. What is missing is restored only under the lock,
// and what somebody else has put there is left alone, as in [Listen]; the errors are
// the same. Where the service manager holds the socket, it is for that to restore,
// and Restore only returns an error where the file is gone.
//
// Clients that were connecting when the file was removed are served all the same.
// Like Listen, Restore changes the umask of the process for a moment.
func (l *FileListener) Restore() (made bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false, nil
	}
	if l.adopted {
		return false, l.checkAdopted()
	}
	if err := l.restoreLock(); err != nil {
		return false, fmt.Errorf("cannot restore the socket %q: %w", l.socket.Path, err)
	}
	if now, err := os.Lstat(l.socket.Path); err == nil && os.SameFile(now, l.made) {
		return false, nil
	}
	socket, info, err := place(l.socket)
	if err != nil {
		return false, fmt.Errorf("cannot restore the socket %q: %w", l.socket.Path, err)
	}
	l.sockets, l.made = append(l.sockets, socket), info
	before := l.sockets[len(l.sockets)-2]
	_ = before.SetDeadline(time.Unix(1, 0)) // it cannot be closed but by Close
	return true, nil
}

// checkAdopted returns an error where the file of the service manager's socket is gone.
func (l *FileListener) checkAdopted() error {
	if _, err := os.Lstat(l.socket.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot restore the socket %q: the service manager made it; restart the unit of the socket", l.socket.Path)
	}
	return nil
}

// restoreLock takes the lock on a new file where the old one is gone: others would not
// find it locked.
func (l *FileListener) restoreLock() error {
	if l.lock.isAt(lockPath(l.socket.Path)) {
		return nil
	}
	if err := prepareFolder(l.socket.Path); err != nil {
		return err
	}
	lock, err := takeLock(lockPath(l.socket.Path))
	if err != nil {
		return err
	}
	before := l.lock
	l.lock = lock
	return before.release()
}

// Close ends listening, removes the socket file, unless it has become somebody
// else's, and gives up the lock. Closing it again does nothing.
func (l *FileListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	var failed error
	if !l.adopted {
		failed = removeOwn(l.socket.Path, l.made)
	}
	for _, socket := range l.sockets {
		failed = errors.Join(failed, socket.Close())
	}
	return errors.Join(failed, l.lock.release())
}

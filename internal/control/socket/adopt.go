package socket

import (
	"errors"
	"fmt"
	"net"
	"os"
)

// ErrOther is what [Adopt] returns, wrapped, for a socket that is not the one that
// was asked for.
var ErrOther = errors.New("the service manager listens on another socket")

// Adopt takes over a socket on which a service manager listens, and closes the
// file. Unlike a socket of [Listen], it outlives the listener: clients that
// connect while there is no daemon wait for the next one. So it is never removed.
//
// Its path must be that of s, unless that is empty. Mode and group are those that
// the service manager gave it, and s does not change them; [FileListener.Differs] tells.
// The lock on Path + ".lock" is held all the same: it keeps a daemon that was
// started by hand from the work of this one.
func Adopt(file *os.File, s Config) (*FileListener, error) {
	l, err := adopt(file, s)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("cannot use the service manager's socket: %w", err)
	}
	return l, nil
}

func adopt(file *os.File, s Config) (*FileListener, error) {
	ln, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	unix, ok := ln.(*net.UnixListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%w: %s is no Unix socket for streams", ErrOther, ln.Addr()), ln.Close())
	}
	path := unix.Addr().String()
	if s.Path != "" && !sameFile(s.Path, path) {
		return nil, errors.Join(fmt.Errorf("%w, %q, and the settings name %q", ErrOther, path, s.Path), ln.Close())
	}
	var lock *fileLock
	if !s.Unlocked {
		if lock, err = takeLock(lockPath(path)); err != nil {
			return nil, errors.Join(err, ln.Close())
		}
	}
	s.Path = path
	return &FileListener{socket: s, adopted: true, sockets: []*net.UnixListener{unix}, lock: lock}, nil
}

// sameFile reports whether two paths are of one file.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// Differs says in what the socket of a listener differs from what was asked for;
// empty for nothing.
func (l *FileListener) Differs(s Config) string {
	info, err := os.Stat(l.socket.Path)
	if err != nil {
		return err.Error()
	}
	group, err := lookupGroup(s.Group)
	switch {
	case info.Mode().Perm() != s.Mode.Perm():
		return fmt.Sprintf("its mode is %04o and not %04o", info.Mode().Perm(), s.Mode.Perm())
	case err != nil:
		return err.Error()
	case !belongsTo(info, group):
		return fmt.Sprintf("its group is not %s", s.Group)
	}
	return ""
}

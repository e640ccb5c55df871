//go:build unix

package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxPath is how long the path of a socket may be, in bytes: the field of the
// system's address less the zero at its end.
const maxPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// noFollow keeps a lock file from being a link that somebody else made.
const noFollow = syscall.O_NOFOLLOW

// holderOffset is where a lock file has its process id.
const holderOffset = 0

// bind makes the socket file and listens. The mode is in force from the first
// instant: a chmod afterwards would leave a moment in which anybody may connect.
func bind(path string, mode fs.FileMode) (*net.UnixListener, error) {
	before := syscall.Umask(0o777 &^ int(mode.Perm()))
	defer syscall.Umask(before)
	return net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
}

// keepGroup stands for no change of group.
const keepGroup = -1

func listen(s Config) (Listener, error) { return listenFile(s) }

// lookupGroup returns the number of a group by its name or number.
func lookupGroup(name string) (int, error) {
	if name == "" {
		return keepGroup, nil
	}
	if group, err := user.LookupGroup(name); err == nil {
		name = group.Gid
	}
	id, err := strconv.Atoi(name)
	if err != nil {
		return 0, fmt.Errorf("%w: there is no group %q", ErrGroup, name)
	}
	return id, nil
}

// grant gives the socket to its group and then lets that in. A change of group
// comes first, or the daemon's own group would be let in for a moment. A link that
// somebody put into the socket's place is not followed.
func grant(path string, mode fs.FileMode, group int) error {
	if group != keepGroup {
		if err := os.Lchown(path, -1, group); err != nil {
			return fmt.Errorf("cannot give it to the group %d: %w", group, err)
		}
	}
	if err := chmodSocket(path, mode.Perm()); err != nil {
		return fmt.Errorf("cannot set its mode: %w", err)
	}
	return nil
}

// belongsTo reports whether a file has the group that [lookupGroup] found.
func belongsTo(info fs.FileInfo, group int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return group == keepGroup || ok && int64(stat.Gid) == int64(group)
}

// isRefused reports whether an attempt to connect failed because nobody listens.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// tryLock locks an open file until it is closed, unless somebody else has.
func tryLock(file *os.File) (bool, error) {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

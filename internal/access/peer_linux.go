package access

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// unmapped is the user and the group that stand for all those that the user name space
// of the daemon does not have. Anybody could be behind them.
const unmapped = 65534

// credentials returns who connected.
func credentials(fd int) Peer {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Peer{}
	}
	groups, err := peerGroups(fd)
	return Peer{
		Known: true, UID: int(cred.Uid), GID: int(cred.Gid), PID: int(cred.Pid),
		Groups: groups, HasGroups: err == nil,
	}
}

// peerGroups returns the supplementary groups of who connected. Linux tells them since
// version 4.13.
func peerGroups(fd int) ([]int, error) {
	for ids := make([]uint32, 64); ; {
		size := uint32(len(ids)) * uint32(unsafe.Sizeof(ids[0])) //nolint:gosec // there are 65,536 at most
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_PEERGROUPS,
			uintptr(unsafe.Pointer(&ids[0])), uintptr(unsafe.Pointer(&size)), 0) //nolint:gosec // x/sys has no call for a list
		count := int(size / uint32(unsafe.Sizeof(ids[0])))
		switch {
		case errors.Is(errno, unix.ERANGE) && count > len(ids): // the size that it takes
			ids = make([]uint32, count)
			continue
		case errno != 0:
			return nil, errno
		}
		groups := make([]int, count)
		for i, id := range ids[:count] {
			groups[i] = int(id)
		}
		return groups, nil
	}
}

package socket

import "golang.org/x/sys/unix"

// credentials returns who connected, or who listens where this end connected.
func credentials(fd uintptr) Peer {
	cred, err := unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return Peer{}
	}
	pid, err := unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return Peer{}
	}
	return Peer{UID: int(cred.Uid), PID: pid, Known: true}
}

package socket

import "golang.org/x/sys/unix"

// credentials returns who connected, or who listens where this end connected.
func credentials(fd uintptr) Peer {
	cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Peer{}
	}
	return Peer{UID: int(cred.Uid), PID: int(cred.Pid), Known: true}
}

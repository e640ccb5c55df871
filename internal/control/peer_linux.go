package control

import "golang.org/x/sys/unix"

// credentials returns who connected, or who listens where this end connected.
func credentials(fd uintptr) peer {
	cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return peer{}
	}
	return peer{uid: int(cred.Uid), pid: int(cred.Pid), known: true}
}

package control

import "golang.org/x/sys/unix"

// credentials returns who connected, or who listens where this end connected.
func credentials(fd uintptr) peer {
	cred, err := unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return peer{}
	}
	pid, err := unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return peer{}
	}
	return peer{uid: int(cred.Uid), pid: pid, known: true}
}

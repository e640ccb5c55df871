package access

import "golang.org/x/sys/unix"

// unmapped is nothing here: there are no user name spaces.
const unmapped = -1

// maxGroups is how many groups the system tells of at most, the first of which is the
// process's own.
const maxGroups = 16

// credentials returns who connected.
func credentials(fd int) Peer {
	cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil || cred.Ngroups < 1 || cred.Ngroups > maxGroups {
		return Peer{}
	}
	pid, err := unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return Peer{}
	}
	groups := make([]int, 0, maxGroups)
	for _, id := range cred.Groups[:cred.Ngroups] {
		groups = append(groups, int(id))
	}
	return Peer{
		Known: true, UID: int(cred.Uid), GID: groups[0], PID: pid,
		Groups: groups[1:], HasGroups: cred.Ngroups < maxGroups,
	}
}

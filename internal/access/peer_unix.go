//go:build unix

package access

import (
	"net"
	"os/user"
	"strconv"
)

// PeerOf returns who is at the other end of a connection. It is not known where the
// connection is no Unix socket.
func PeerOf(c net.Conn) Peer {
	sock, ok := c.(*net.UnixConn)
	if !ok {
		return Peer{}
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return Peer{}
	}
	var other Peer
	if err := raw.Control(func(fd uintptr) { other = credentials(int(fd)) }); err != nil {
		return Peer{}
	}
	return other
}

// User returns the name of the peer's user, empty where the system knows none.
func (p Peer) User() string {
	if !p.Known {
		return ""
	}
	found, err := user.LookupId(strconv.Itoa(p.UID))
	if err != nil {
		return ""
	}
	return found.Username
}

// groupsInDatabase returns the groups of a user as the user data base has them, none
// where it does not know the user. A process may have others.
func groupsInDatabase(uid int) []int {
	found, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return nil
	}
	names, err := found.GroupIds()
	if err != nil {
		return nil
	}
	groups := make([]int, 0, len(names))
	for _, name := range names {
		if id, err := strconv.Atoi(name); err == nil {
			groups = append(groups, id)
		}
	}
	return groups
}

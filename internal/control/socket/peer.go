package socket

import (
	"net"
	"syscall"
)

// Peer is the process at the other end of a connection, as the system tells it.
type Peer struct {
	UID, PID int
	Known    bool // false where the system does not tell
}

// peerOf returns who is at the other end of a connection. It is not known where
// the connection is no Unix socket or the system does not tell.
func peerOf(c net.Conn) Peer {
	sock, ok := c.(syscall.Conn)
	if !ok {
		return Peer{}
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return Peer{}
	}
	var other Peer
	if err := raw.Control(func(fd uintptr) { other = credentials(fd) }); err != nil {
		return Peer{}
	}
	return other
}

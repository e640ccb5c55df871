package control

import (
	"net"
	"syscall"

	"go.uber.org/zap"
)

// peer is the process at the other end of a connection, as the system tells it.
type peer struct {
	uid, pid int
	known    bool
}

// peerOf returns who is at the other end of a connection. It is not known where
// the connection is no Unix socket or the system does not tell.
func peerOf(c net.Conn) peer {
	sock, ok := c.(syscall.Conn)
	if !ok {
		return peer{}
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return peer{}
	}
	var other peer
	if err := raw.Control(func(fd uintptr) { other = credentials(fd) }); err != nil {
		return peer{}
	}
	return other
}

// fields returns what a log tells of the peer.
func (p peer) fields() []zap.Field {
	if !p.known {
		return nil
	}
	return []zap.Field{zap.Int("uid", p.uid), zap.Int("pid", p.pid)}
}

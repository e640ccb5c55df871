//go:build unix

package control

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// awaitHangup returns once the client of a connection has closed it altogether, or
// the connection is closed here; a deadline for reading that passes meanwhile is an
// error. Over TCP it cannot be told that a client closed more than its own side until
// something is written.
func awaitHangup(nc net.Conn) error {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return err
	}
	// The netpoller wakes this up when the other side is closed for reading, too.
	return raw.Read(hasHungUp)
}

// hasHungUp reports whether nobody will read what is written to a socket.
func hasHungUp(fd uintptr) bool {
	// POLLOUT: macOS tells of a hang-up only whoever waits for the side that it
	// concerns.
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}} //nolint:gosec // descriptors are small
	for {
		_, err := unix.Poll(poll, 0)
		if err == unix.EINTR { //nolint:errorlint // the system's own
			continue
		}
		return err != nil || poll[0].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0
	}
}

//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// awaitHangup returns once the client of a connection has closed it altogether, the
// connection is closed here, or enough says so after [closeRead]; a deadline for reading that passes meanwhile is an
// error. Over TCP it cannot be told that a client closed more than its own side until
// something is written.
func awaitHangup(nc net.Conn, enough func() bool) error {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return err
	}
	// The netpoller wakes this up when the other side is closed for reading, too, and
	// when this one is.
	return raw.Read(func(fd uintptr) bool { return enough() || hasHungUp(fd) })
}

// hasHungUp reports whether nobody will read what is written to a socket. macOS tells
// of that only whoever asks for the side that it concerns, for POLLOUT.
func hasHungUp(fd uintptr) bool {
	return pollNow(fd, unix.POLLOUT)&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0
}

// pollNow returns which events a descriptor has, without waiting.
func pollNow(fd uintptr, events int16) int16 {
	poll := []unix.PollFd{{Fd: int32(fd), Events: events}} //nolint:gosec // descriptors are small
	for {
		_, err := unix.Poll(poll, 0)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return unix.POLLERR
		default:
			return poll[0].Revents
		}
	}
}

// hasWaiting reports whether a client waits to be accepted.
func hasWaiting(ln *net.UnixListener) bool {
	raw, err := ln.SyscallConn()
	if err != nil {
		return false
	}
	return isReadyFor(raw, unix.POLLIN)
}

// isReadyFor reports whether a descriptor has an event, without waiting.
func isReadyFor(raw syscall.RawConn, event int16) bool {
	ready := false
	err := raw.Control(func(fd uintptr) { ready = pollNow(fd, event)&event != 0 })
	return err == nil && ready
}

// hasUnread reports whether something that a client has sent waits for us.
func hasUnread(nc net.Conn) bool {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	waiting := 0
	err = raw.Control(func(fd uintptr) {
		// Without a byte to be had it is an error, which leaves less than one.
		waiting, _, _ = unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_PEEK|unix.MSG_DONTWAIT)
	})
	return err == nil && waiting > 0
}

// closeRead receives nothing more on a connection. Reading goes on with what has been
// received, and then comes to the end; on macOS it comes to the end at once. It returns
// false where that cannot be done.
func closeRead(nc net.Conn) bool {
	half, ok := nc.(interface{ CloseRead() error })
	return ok && half.CloseRead() == nil
}

// isWritable reports whether the system would take more to be sent to a client.
func isWritable(nc net.Conn) bool {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	return isReadyFor(raw, unix.POLLOUT)
}

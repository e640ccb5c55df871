//go:build unix

package control

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// hasWaiting reports whether a client waits to be accepted.
func hasWaiting(ln *net.UnixListener) bool {
	raw, err := ln.SyscallConn()
	if err != nil {
		return false
	}
	waiting := false
	err = raw.Control(func(fd uintptr) { waiting = pollNow(fd, unix.POLLIN)&unix.POLLIN != 0 })
	return err == nil && waiting
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

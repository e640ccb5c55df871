package socket

import (
	"errors"
	"fmt"
	"net"
)

// ListenLoopback listens on a TCP address of this machine. Everybody on the machine can connect, so it refuses an address
// that others can reach.
func ListenLoopback(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if tried, ok := errors.AsType[*net.OpError](err); ok {
		err = tried.Err // without the address, once more
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w", address, err)
	}
	if at, ok := ln.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("cannot listen on %q: other machines can reach it", address), ln.Close())
	}
	return ln, nil
}

package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// putLoopback takes the TCP address of something that only this machine may
// reach, or none.
func putLoopback(field *string, text string) error {
	if text != "" {
		if err := CheckLoopback(text); err != nil {
			return err
		}
	}
	*field = text
	return nil
}

// CheckLoopback returns an error unless a text is a TCP address that only this machine
// can reach. Port 0 stands for any free one. A program on another machine that should
// reach it needs a proxy, which can also ask who that is.
func CheckLoopback(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		if wrong, ok := errors.AsType[*net.AddrError](err); ok {
			return fmt.Errorf("%q is not HOST:PORT: %s", text, wrong.Err)
		}
		return fmt.Errorf("%q is not HOST:PORT", text)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q: %q is not the number of a port", text, port)
	}
	if !isLoopback(host) {
		return fmt.Errorf("%q could be reached from other machines", text)
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

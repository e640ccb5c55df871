package client

import (
	"errors"

	"golang.org/x/sys/windows"
)

func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

func isTooLong(err error) bool { return errors.Is(err, windows.WSAEINVAL) }

// permissionAdvice says how to be let in.
func permissionAdvice(string) string {
	return "open the console as administrator, or have the daemon started with --socket-group"
}

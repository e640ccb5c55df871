//go:build unix

package client

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isTooLong reports whether the path had no room in the system's address, which
// is all that an invalid argument means here.
func isTooLong(err error) bool { return errors.Is(err, syscall.EINVAL) }

// permissionAdvice says how to be let in.
func permissionAdvice(socket string) string {
	const otherwise = "ask as the user who runs the daemon"
	info, err := os.Stat(socket)
	if err != nil {
		return otherwise // nor may we look at it
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode().Perm()&0o020 == 0 {
		return otherwise // its group has no right to it either
	}
	group, err := user.LookupGroupId(strconv.FormatUint(uint64(stat.Gid), 10))
	if err != nil {
		return otherwise
	}
	return "join the group " + strconv.Quote(group.Name) + ", or " + otherwise
}

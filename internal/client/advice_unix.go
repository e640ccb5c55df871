//go:build unix

package client

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isTooLong reports whether the path had no room in the system's address, which
// is all that an invalid argument means here.
func isTooLong(err error) bool { return errors.Is(err, syscall.EINVAL) }

// letIn is the advice where no group of the socket's helps.
const letIn = "use sudo, or have the daemon started with --socket-group"

// permissionAdvice says how to be let in.
func permissionAdvice(socket string) string {
	info, err := os.Stat(socket)
	if err != nil {
		return letIn // nor may we look at it
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return letIn
	}
	return groupAdvice(info.Mode(), stat.Gid)
}

// groupAdvice names the group of a socket, where its members may connect. The
// group of root is not to be joined for this: it may do much more.
func groupAdvice(mode fs.FileMode, gid uint32) string {
	if mode.Perm()&0o020 == 0 || gid == 0 {
		return letIn
	}
	group, err := user.LookupGroupId(strconv.FormatUint(uint64(gid), 10))
	if err != nil {
		return letIn
	}
	return "join the group " + strconv.Quote(group.Name) + ", or use sudo"
}

package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// chmodSocket sets the mode of a socket file, and of nothing else that stands there.
// Before Linux 6.6 there is no call that changes a mode and follows no link, so it
// goes by an open descriptor. A socket cannot be opened but as a path, and such a
// descriptor takes no fchmod: its link in /proc leads to the file itself.
func chmodSocket(path string, mode fs.FileMode) (err error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unix.Close(fd)) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return errors.New("somebody has put something else there")
	}
	return os.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), mode)
}

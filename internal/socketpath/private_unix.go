//go:build unix

package socketpath

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// private returns an error unless the folder belongs to the user and is closed
// to everybody else. A link to such a folder is not one: its owner could turn
// it elsewhere.
func private(folder string, uid int) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return fmt.Errorf("cannot look at the folder of the socket: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("cannot trust %q: it is not a folder; remove it or choose another socket", folder)
	case !ok || int(stat.Uid) != uid:
		return fmt.Errorf("cannot trust %q: it belongs to another user; choose another socket", folder)
	case info.Mode().Perm() != 0o700:
		return fmt.Errorf("cannot trust %q: its mode is %04o, not %04o; run chmod 700 on it", folder, info.Mode().Perm(), fs.FileMode(0o700))
	}
	return nil
}

func systemFolder() string {
	if runtime.GOOS == "darwin" {
		return "/var/run/sessiond" // macOS allows no /run
	}
	return "/run/sessiond"
}

//go:build unix

package trash

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// checkPrivate refuses a folder that others own or may look into.
func checkPrivate(_ string, info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("it belongs to user %d, not to the daemon's", stat.Uid)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("others have rights in it (mode %04o): session files hold tokens; make it %04o", mode, folderMode)
	}
	return nil
}

// syncFolder makes the names in a folder survive a crash of the machine.
func syncFolder(dir *os.File) error { return dir.Sync() }

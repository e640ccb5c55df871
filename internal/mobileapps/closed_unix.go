//go:build unix

package mobileapps

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxLinks is how many links on a path are followed, as the kernel does.
const maxLinks = 40

// FirstClosed walks down a path, through links, and returns the first folder on it that
// the effective user of this thread may not pass through. The last one on it must be
// readable, too.
func FirstClosed(path string) (_ Closed, found bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Closed{}, false
	}
	at, rest := string(filepath.Separator), names(path)
	for links := 0; ; {
		info, err := os.Lstat(at)
		if err != nil {
			return Closed{}, false
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(at)
			if links++; err != nil || links > maxLinks {
				return Closed{}, false
			}
			at = filepath.Dir(at)
			if filepath.IsAbs(target) {
				at = string(filepath.Separator)
			}
			rest = append(names(target), rest...)
		} else if right := lacks(at, info, len(rest) == 0); right != "" {
			return closed(at, info, right), true
		}
		if len(rest) == 0 {
			return Closed{}, false
		}
		at, rest = filepath.Join(at, rest[0]), rest[1:]
	}
}

// lacks returns the right that is lacking at a place on a path, empty for none.
func lacks(at string, info fs.FileInfo, last bool) Right {
	switch {
	case info.IsDir() && denied(at, unix.X_OK):
		return RightPass
	case last && info.IsDir() && denied(at, unix.R_OK):
		return RightList
	case last && info.Mode().IsRegular() && denied(at, unix.R_OK):
		return RightRead
	}
	return ""
}

func denied(path string, right uint32) bool {
	return errors.Is(unix.Faccessat(unix.AT_FDCWD, path, right, unix.AT_EACCESS), unix.EACCES)
}

func closed(path string, info fs.FileInfo, right Right) Closed {
	c := Closed{Path: path, Right: right, Mode: info.Mode()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		c.Owner = userName(int(stat.Uid)) + ":" + groupName(int(stat.Gid))
	}
	return c
}

// EffectiveUser returns the name of the user that this process acts as.
func EffectiveUser() string { return userName(os.Geteuid()) }

//go:build unix

package watcher

import (
	"os"
	"syscall"
)

// sameDevice reports whether two folders are on one device, by their st_dev.
func sameDevice(a, b os.FileInfo) bool {
	sa, okA := a.Sys().(*syscall.Stat_t)
	sb, okB := b.Sys().(*syscall.Stat_t)
	return okA && okB && sa.Dev == sb.Dev
}

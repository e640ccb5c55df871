package watcher

import (
	"strings"

	"golang.org/x/sys/unix"
)

// withoutEvents names the kind of file system a folder is on if it gives no
// events for what others write: one that is not local (MNT_LOCAL, statfs(2)), or
// macFUSE, which may say that it is.
func withoutEvents(path string) string {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return ""
	}
	kind := unix.ByteSliceToString(st.Fstypename[:])
	if st.Flags&unix.MNT_LOCAL == 0 || strings.Contains(kind, "fuse") {
		return kind
	}
	return ""
}

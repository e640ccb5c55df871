package mobileapps

import "golang.org/x/sys/unix"

// fileSystemOf tells by the name of statfs(2).
func fileSystemOf(fs *unix.Statfs_t) FileSystem {
	switch unix.ByteSliceToString(fs.Fstypename[:]) {
	case "msdos", "exfat", "smbfs", "macfuse", "osxfuse", "webdav":
		return FileSystem{NoCtime: true}
	}
	return FileSystem{}
}

package mobileapps

import "golang.org/x/sys/unix"

// fileSystemOf recognises the file system by the name that statfs(2) returns.
func fileSystemOf(fs *unix.Statfs_t) FileSystem {
	switch kind := unix.ByteSliceToString(fs.Fstypename[:]); kind {
	case "msdos", "exfat":
		return FileSystem{Name: kind, NoCtime: true}
	case "smbfs", "macfuse", "osxfuse", "webdav":
		return FileSystem{Name: kind, NoCtime: true, Caches: true}
	case "nfs", "afpfs":
		return FileSystem{Name: kind, Caches: true}
	}
	return FileSystem{}
}

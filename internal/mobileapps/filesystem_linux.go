package mobileapps

import "golang.org/x/sys/unix"

// fileSystemOf tells by the magic number of statfs(2).
func fileSystemOf(fs *unix.Statfs_t) FileSystem {
	switch uint32(fs.Type) { //nolint:gosec // a magic number has 32 bits
	case unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC: // the ctime is the mtime
		return FileSystem{NoCtime: true}
	case unix.FUSE_SUPER_MAGIC, unix.V9FS_MAGIC, // the ctime is what another program says
		unix.CIFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return FileSystem{NoCtime: true}
	}
	return FileSystem{}
}

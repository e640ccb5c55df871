package mobileapps

import "golang.org/x/sys/unix"

// stampsByKernel reports whether a file system is one whose time stamps are made by
// this kernel's clock, and by no other machine or program.
func stampsByKernel(fs *unix.Statfs_t) bool {
	switch uint32(fs.Type) { //nolint:gosec // a magic number has 32 bits
	case unix.EXT4_SUPER_MAGIC, // ext2 and ext3, too
		unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC:
		return true
	}
	return false
}

package mobileapps

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A ctime counts only where neither a program nor another machine makes it, and where
// there is one.
func TestFileSystemOf(t *testing.T) {
	for magic, want := range map[int64]FileSystem{
		unix.EXT4_SUPER_MAGIC:      {},
		unix.XFS_SUPER_MAGIC:       {},
		unix.BTRFS_SUPER_MAGIC:     {},
		unix.TMPFS_MAGIC:           {},
		unix.OVERLAYFS_SUPER_MAGIC: {},
		unix.NFS_SUPER_MAGIC:       {},
		unix.MSDOS_SUPER_MAGIC:     {NoCtime: true},
		unix.EXFAT_SUPER_MAGIC:     {NoCtime: true},
		unix.FUSE_SUPER_MAGIC:      {NoCtime: true},
		unix.V9FS_MAGIC:            {NoCtime: true},
		unix.CIFS_SUPER_MAGIC:      {NoCtime: true},
		unix.SMB2_SUPER_MAGIC:      {NoCtime: true},
	} {
		if got := fileSystemOf(&unix.Statfs_t{Type: magic}); got != want {
			t.Errorf("%#x: %+v, want %+v", magic, got, want)
		}
	}
}

package mobileapps

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestFileSystemOf(t *testing.T) {
	for magic, want := range map[int64]FileSystem{
		unix.EXT4_SUPER_MAGIC:      {},
		unix.XFS_SUPER_MAGIC:       {},
		unix.BTRFS_SUPER_MAGIC:     {},
		unix.TMPFS_MAGIC:           {},
		unix.OVERLAYFS_SUPER_MAGIC: {},
		unix.NFS_SUPER_MAGIC:       {Name: "NFS", Caches: true},
		unix.MSDOS_SUPER_MAGIC:     {Name: "FAT", NoCtime: true},
		unix.EXFAT_SUPER_MAGIC:     {Name: "exFAT", NoCtime: true},
		unix.FUSE_SUPER_MAGIC:      {Name: "FUSE", NoCtime: true, Caches: true},
		unix.V9FS_MAGIC:            {Name: "9P", NoCtime: true, Caches: true},
		unix.CIFS_SUPER_MAGIC:      {Name: "SMB", NoCtime: true, Caches: true},
		unix.SMB2_SUPER_MAGIC:      {Name: "SMB", NoCtime: true, Caches: true},
	} {
		fs := &unix.Statfs_t{Type: magic}
		if got := fileSystemOf(fs); got != want {
			t.Errorf("%#x: %+v, want %+v", magic, got, want)
		}
		if got := (stater{statx: true}).on(fs); got != want {
			t.Errorf("%#x, looks can be fresh: %+v, want %+v", magic, got, want)
		}
		if want.Caches {
			want.Stale = stale
		}
		if got := (stater{}).on(fs); got != want {
			t.Errorf("%#x, no look can be fresh: %+v, want %+v", magic, got, want)
		}
	}
}

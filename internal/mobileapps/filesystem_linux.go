package mobileapps

import "golang.org/x/sys/unix"

// fileSystemOf recognises the file system by the magic number of statfs(2), which
// is from the kernel's linux/magic.h, or from the statfs(2) manual page for modules
// outside the kernel.
func fileSystemOf(fs *unix.Statfs_t) FileSystem {
	switch uint32(fs.Type) { //nolint:gosec // a magic number has 32 bits
	case unix.MSDOS_SUPER_MAGIC: // the ctime is the mtime, as with the next
		return FileSystem{Name: "FAT", NoCtime: true}
	case unix.EXFAT_SUPER_MAGIC:
		return FileSystem{Name: "exFAT", NoCtime: true}
	case unix.FUSE_SUPER_MAGIC: // the ctime is what a program or another machine says, as with the next
		return FileSystem{Name: "FUSE", NoCtime: true, Caches: true}
	case unix.V9FS_MAGIC:
		return FileSystem{Name: "9P", NoCtime: true, Caches: true}
	case unix.CIFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return FileSystem{Name: "SMB", NoCtime: true, Caches: true}
	case 0x786f4256:
		return FileSystem{Name: "VirtualBox shared folder", NoCtime: true, Caches: true}
	case 0x7c7c6673:
		return FileSystem{Name: "Parallels shared folder", NoCtime: true, Caches: true}
	case 0xbacbacbc:
		return FileSystem{Name: "VMware shared folder", NoCtime: true, Caches: true}
	case unix.NFS_SUPER_MAGIC:
		return FileSystem{Name: "NFS", Caches: true}
	case unix.AFS_FS_MAGIC, unix.AFS_SUPER_MAGIC:
		return FileSystem{Name: "AFS", Caches: true}
	case unix.CEPH_SUPER_MAGIC:
		return FileSystem{Name: "CephFS", Caches: true}
	case 0x0bd00bd0:
		return FileSystem{Name: "Lustre", Caches: true}
	case 0x19830326:
		return FileSystem{Name: "BeeGFS", Caches: true}
	}
	return FileSystem{}
}

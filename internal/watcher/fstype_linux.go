package watcher

import (
	"errors"

	"golang.org/x/sys/unix"
)

// withoutEvents names the kind of file system a folder is on if it gives no
// events for what others write.
func withoutEvents(path string) string {
	var st unix.Statfs_t
	err := unix.Statfs(path, &st)
	for errors.Is(err, unix.EINTR) { // from FUSE and NFS, whatever SA_RESTART says
		err = unix.Statfs(path, &st)
	}
	if err != nil {
		return ""
	}
	return kindWithoutEvents(uint32(st.Type)) //nolint:gosec // a magic number has 32 bits
}

// kindWithoutEvents names, by the magic number of statfs(2), the file systems
// that several machines write to, or that a program or another machine fills.
// The named numbers are from the kernel's linux/magic.h. The others belong to
// file systems outside the kernel; they are in the statfs(2) manual page or in
// the list that GNU coreutils keeps so that "tail -f" knows where to poll.
func kindWithoutEvents(magic uint32) string {
	switch magic {
	case unix.AFS_FS_MAGIC, unix.AFS_SUPER_MAGIC:
		return "AFS"
	case unix.CEPH_SUPER_MAGIC:
		return "CephFS"
	case unix.CODA_SUPER_MAGIC:
		return "Coda"
	case unix.FUSE_SUPER_MAGIC:
		return "FUSE"
	case unix.NCP_SUPER_MAGIC:
		return "NCP"
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	case unix.OCFS2_SUPER_MAGIC:
		return "OCFS2"
	case unix.CIFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "SMB"
	case unix.V9FS_MAGIC:
		return "9P"
	case 0x01161970:
		return "GFS2"
	case 0x013111a8:
		return "IBRIX"
	case 0x0bd00bd0:
		return "Lustre"
	case 0x19830326:
		return "BeeGFS"
	case 0x47504653:
		return "GPFS"
	case 0x61636673:
		return "ACFS"
	case 0x786f4256:
		return "VirtualBox shared folder"
	case 0x7c7c6673:
		return "Parallels shared folder"
	case 0xa501fcf5:
		return "VxFS"
	case 0xaad7aaea:
		return "PanFS"
	case 0xbacbacbc:
		return "VMware shared folder"
	case 0xbeefdead:
		return "StorNext"
	}
	return ""
}

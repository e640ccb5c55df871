package watcher

import (
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestKindWithoutEvents(t *testing.T) {
	tests := map[uint32]string{
		unix.EXT4_SUPER_MAGIC:      "",
		unix.XFS_SUPER_MAGIC:       "",
		unix.BTRFS_SUPER_MAGIC:     "",
		unix.TMPFS_MAGIC:           "",
		unix.OVERLAYFS_SUPER_MAGIC: "",
		unix.NFS_SUPER_MAGIC:       "NFS",
		unix.CIFS_SUPER_MAGIC:      "SMB",
		unix.SMB2_SUPER_MAGIC:      "SMB",
		unix.FUSE_SUPER_MAGIC:      "FUSE",
		unix.V9FS_MAGIC:            "9P",
		0x0bd00bd0:                 "Lustre",
	}
	for magic, want := range tests {
		if got := kindWithoutEvents(magic); got != want {
			t.Errorf("kind of %#x is %q, want %q", magic, got, want)
		}
	}
}

func TestCheckFileSystem(t *testing.T) {
	for _, path := range []string{"/proc", filepath.Join(t.TempDir(), "missing")} {
		if err := checkFileSystem(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := newLive(t, "/proc", Events, never).watches.check("/proc"); err != nil {
		t.Errorf("events asked for: %v", err)
	}
}

func TestNoEventsIsCostly(t *testing.T) {
	for err, want := range map[error]bool{
		unix.EMFILE: true, unix.ENFILE: true, errNoEvents: true,
		unix.ENOSPC: false, unix.ENOMEM: false, errors.New("other"): false,
	} {
		if got := costly(err); got != want {
			t.Errorf("costly(%v) = %t, want %t", err, got, want)
		}
	}
}

package mobileapps

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The ctime counts only on file systems whose time stamps no other machine and no
// program makes.
func TestStampsByKernel(t *testing.T) {
	for magic, want := range map[int64]bool{
		unix.EXT4_SUPER_MAGIC: true, unix.XFS_SUPER_MAGIC: true, unix.BTRFS_SUPER_MAGIC: true,
		unix.F2FS_SUPER_MAGIC: true, unix.TMPFS_MAGIC: true,
		unix.NFS_SUPER_MAGIC: false, unix.CIFS_SUPER_MAGIC: false, unix.SMB2_SUPER_MAGIC: false,
		unix.FUSE_SUPER_MAGIC: false, unix.V9FS_MAGIC: false, unix.CEPH_SUPER_MAGIC: false,
		unix.OVERLAYFS_SUPER_MAGIC: false, unix.ECRYPTFS_SUPER_MAGIC: false, unix.MSDOS_SUPER_MAGIC: false,
		0: false, -1: false,
	} {
		if got := stampsByKernel(&unix.Statfs_t{Type: magic}); got != want {
			t.Errorf("%#x: %t", magic, got)
		}
	}
}

// A folder knows when it was opened, and on what.
func TestFolderKnowsItsStamps(t *testing.T) {
	root := newTree(t)
	before := time.Now()
	f := openFolder(t, NewDisk(root, maxFileSize), testApp).(*diskFolder)
	var fs unix.Statfs_t
	must(t, unix.Statfs(root, &fs))
	file, err := statPath(filepath.Join(root, testApp, testFile))
	must(t, err)
	if f.stamps != stampsByKernel(&fs) || f.dev != file.Dev || f.opened.Before(before) || f.opened.After(time.Now()) {
		t.Errorf("got %+v of type %#x, on the device %d, opened after %v", f, fs.Type, file.Dev, before)
	}
}

// A file that was looked at, or has not changed since long before its folder was
// opened, is read once, and no look goes before the read; another one is read twice.
func TestReadsWithoutALook(t *testing.T) {
	root := newTree(t)
	folder := *openFolder(t, NewDisk(root, maxFileSize), testApp).(*diskFolder)
	looked, err := folder.Stat(testFile)
	must(t, err)
	old := Signature{Ino: 1, Ctime: 1}
	for _, test := range []struct {
		name   string
		stamps bool
		opened time.Duration // after the file was made
		dev    uint64
		looked Signature
		reads  int
	}{
		{"an old file", true, time.Hour, folder.dev, Signature{}, 1},
		{"a new file", true, 0, folder.dev, Signature{}, 2},
		{"an old file, its time stamps are another machine's", false, time.Hour, folder.dev, Signature{}, 1},
		{"an old file, mounted from elsewhere", true, time.Hour, folder.dev + 1, Signature{}, 2},
		{"a file that was looked at", false, 0, folder.dev, looked, 1},
		{"a file that has changed since a look", false, 0, folder.dev, old, 2},
		{"an old file that has changed since a look", true, time.Hour, folder.dev, old, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := folder
			f.stamps, f.opened, f.dev = test.stamps, time.Now().Add(test.opened), test.dev
			e := entry(testFile)
			e.Signature = test.looked
			var c Content
			reads := countReads(t, func() { c, err = f.read(e, make([]byte, readBuffer)) })
			if err != nil || string(c.Data) != inside || !c.Stable {
				t.Errorf("read = %+v, %v", c, err)
			}
			if reads != test.reads {
				t.Errorf("was read %d times, want %d", reads, test.reads)
			}
		})
	}
}

// countReads returns how many calls of read(2) and its kin f makes.
func countReads(t *testing.T, f func()) int {
	t.Helper()
	runtime.LockOSThread() // the kernel counts for each thread
	defer runtime.UnlockOSThread()
	count := func() (n int) {
		text, err := os.ReadFile("/proc/thread-self/io")
		must(t, err)
		_, after, _ := strings.Cut(string(text), "syscr: ")
		_, err = fmt.Sscan(after, &n)
		must(t, err)
		return n
	}
	first := count()
	itself := count() - first
	before := count()
	f()
	return count() - before - itself
}

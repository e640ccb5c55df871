package mobileapps

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Opening a file on which somebody holds a lease would wait until they give it
// back, for up to 45 s.
func TestLeaseDoesNotBlock(t *testing.T) {
	root := newTree(t)
	file, err := os.OpenFile(filepath.Join(root, testApp, testFile), os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	lease := func(kind int) {
		_, err := unix.FcntlInt(file.Fd(), unix.F_SETLEASE, kind)
		must(t, err)
	}
	lease(unix.F_WRLCK)

	folder := openFolder(t, NewDisk(root, maxFileSize), testApp)
	promptly(t, "reading a file with a lease", func() {
		c, err := folder.Read(testFile)
		if !errors.Is(err, unix.EAGAIN) || IsAbsent(err) {
			t.Errorf("Read = %q, %v, want %v", c.Data, err, unix.EAGAIN)
		}
	})
	lease(unix.F_UNLCK)
	if c, err := folder.Read(testFile); err != nil || string(c.Data) != inside {
		t.Errorf("without the lease: %q, %v", c.Data, err)
	}
}

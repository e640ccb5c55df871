//go:build root

package mobileapps

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The kernel gives the device number of a file system that was unmounted to the
// next one at once: it must be told apart all the same.
func TestFileSystemsAreToldApart(t *testing.T) {
	root := t.TempDir()
	// A mount namespace belongs to a thread. This one ends with its goroutine,
	// since it is never unlocked, and its mounts with it.
	done := make(chan error)
	var before, same, after Signature
	go func() {
		runtime.LockOSThread()
		done <- func() error {
			if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
				return err
			}
			if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
				return err
			}
			for _, sig := range []*Signature{&before, &after} {
				if err := unix.Mount("none", root, "tmpfs", 0, ""); err != nil {
					return err
				}
				if err := look(root, sig); err != nil {
					return err
				}
				if err := look(root, &same); err != nil {
					return err
				}
				if same.Dev != sig.Dev {
					t.Errorf("one file system has the numbers %x and %x", sig.Dev, same.Dev)
				}
				if err := unix.Unmount(root, 0); err != nil {
					return err
				}
			}
			return nil
		}()
	}()
	if err := <-done; err != nil {
		t.Fatal(os.NewSyscallError("mount", err))
	}
	if before.Dev == after.Dev {
		t.Errorf("two file systems have the number %x", before.Dev)
	}
}

func look(root string, sig *Signature) error {
	opened, err := NewDisk(root, maxFileSize).Open()
	if err != nil {
		return err
	}
	defer opened.Close()
	*sig = opened.Signature()
	return nil
}

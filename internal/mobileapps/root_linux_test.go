//go:build root

package mobileapps

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDevicesAreNeverOpened(t *testing.T) {
	root := newTree(t)
	devices := map[string]struct {
		kind         uint32
		major, minor uint32
	}{
		"null":             {unix.S_IFCHR, 1, 3},
		"zero":             {unix.S_IFCHR, 1, 5},
		"loop":             {unix.S_IFBLK, 7, 0},
		"without a driver": {unix.S_IFCHR, 240, 77},
	}
	for name, d := range devices {
		for _, path := range []string{filepath.Join(root, testApp, name), filepath.Join(root, name+".app")} {
			must(t, unix.Mknod(path, d.kind|0o666, int(unix.Mkdev(d.major, d.minor))))
		}
	}
	watch := watchOpens(t, filepath.Join(root, testApp))

	disk := NewDisk(root, maxFileSize)
	opened, folder := openRoot(t, disk), openFolder(t, disk, testApp)
	watch.any(t) // the folder itself
	for id := range devices {
		if _, err := folder.Stat(id); !IsAbsent(err) {
			t.Errorf("Stat of %q: %v, want absence", id, err)
		}
		if c, err := folder.Read(id); !IsAbsent(err) {
			t.Errorf("Read of %q: %q, %v, want absence", id, c.Data, err)
		}
		if _, err := opened.Open(id + ".app"); !IsAbsent(err) {
			t.Errorf("Open of %q: %v, want absence", id, err)
		}
	}
	if watch.any(t) {
		t.Error("a device was opened")
	}
	files, err := listAll(folder.Next, 8)
	must(t, err)
	checkFiles(t, files, []string{testFile})
	if names, err := listAll(opened.Next, 8); err != nil || len(names) != 1 {
		t.Errorf("app folders %q, %v", names, err)
	}
}

// asNobody makes the kernel judge this goroutine's calls as those of a user who
// owns nothing. The thread ends with the goroutine.
func asNobody(tb testing.TB, f func()) {
	tb.Helper()
	promptly(tb, "the unprivileged part", func() {
		runtime.LockOSThread()
		const nobody = 65534
		if err := errors.Join(unix.Setfsgid(nobody), unix.Setfsuid(nobody)); err != nil {
			tb.Error(err)
			return
		}
		f()
	})
}

// What may not be read cannot be judged; it is not absent.
func TestWithoutTheRight(t *testing.T) {
	for _, test := range []struct {
		name                  string
		root, folder, file    os.FileMode
		open, app, stat, read error
		folders               bool // the error is the folder's
		listed                int
	}{
		{name: "all may be read", root: 0o755, folder: 0o755, file: 0o644, listed: 1},
		{name: "the file may not", root: 0o755, folder: 0o755, file: 0, read: unix.EACCES, listed: 1},
		{name: "the folder may not be searched", root: 0o755, folder: 0o744, file: 0o644, stat: unix.EACCES, read: unix.EACCES, folders: true, listed: 1},
		{name: "the folder may not be listed", root: 0o755, folder: 0o711, file: 0o644, app: unix.EACCES},
		{name: "the folder may not at all", root: 0o755, folder: 0, file: 0o644, app: unix.EACCES},
		{name: "the root may not be searched", root: 0o744, folder: 0o755, file: 0o644, app: unix.EACCES},
		{name: "the root may not be listed", root: 0o711, folder: 0o755, file: 0o644, open: unix.EACCES},
		{name: "the root may not at all", root: 0, folder: 0o755, file: 0o644, open: unix.EACCES},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := newTree(t)
			must(t, os.Chmod(filepath.Dir(filepath.Dir(root)), 0o755)) // what the test's folders are in
			must(t, os.Chmod(filepath.Join(root, testApp, testFile), test.file))
			must(t, os.Chmod(filepath.Join(root, testApp), test.folder))
			must(t, os.Chmod(root, test.root))
			want := func(what string, got, want error) bool {
				if !errors.Is(got, want) || IsAbsent(got) {
					t.Errorf("%s: got the error %v, want %v", what, got, want)
				}
				return got == nil
			}
			asNobody(t, func() {
				opened, err := NewDisk(root, maxFileSize).Open()
				if !want("Open of the root", err, test.open) {
					return
				}
				defer opened.Close()
				folder, err := opened.Open(testApp)
				if !want("Open of the folder", err, test.app) {
					return
				}
				defer folder.Close()
				_, err = folder.Stat(testFile)
				want("Stat", err, test.stat)
				_, err = folder.Read(testFile)
				want("Read", err, test.read)
				if IsFolders(err) != test.folders {
					t.Errorf("Read: %v is the folder's: %t", err, !test.folders)
				}
				files, err := listAll(folder.Next, 8)
				want("Next", err, nil)
				if len(files) != test.listed {
					t.Errorf("listed are %v", files)
				}
			})
		})
	}
}

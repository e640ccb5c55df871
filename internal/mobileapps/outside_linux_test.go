package mobileapps

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// opens counts what is opened or read in a folder.
type opens struct{ fd int }

func watchOpens(tb testing.TB, dir string) opens {
	tb.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	must(tb, err)
	tb.Cleanup(func() { unix.Close(fd) })
	_, err = unix.InotifyAddWatch(fd, dir, unix.IN_OPEN|unix.IN_ACCESS)
	must(tb, err)
	return opens{fd}
}

// any reports whether anything was opened since the last call.
func (o opens) any(tb testing.TB) bool {
	tb.Helper()
	n, err := unix.Read(o.fd, make([]byte, 4096))
	if err != nil && err != unix.EAGAIN {
		tb.Fatal(err)
	}
	return n > 0
}

// Whatever stands under the names of the tree, the kernel must see nothing
// opened outside of it.
func TestOpensNothingOutside(t *testing.T) {
	away := t.TempDir()
	writeFile(t, filepath.Join(away, testFile), outside)
	root := newTree(t)
	must(t, os.Symlink(away, filepath.Join(root, "linked.app")))
	must(t, os.Symlink(filepath.Join(away, testFile), filepath.Join(root, testApp, "linked")))
	watch := watchOpens(t, away)

	disk := NewDisk(root, maxFileSize)
	opened, folder := openRoot(t, disk), openFolder(t, disk, testApp)
	names, err := listAll(opened.Next, 8)
	must(t, err)
	files, err := listAll(folder.Next, 8)
	must(t, err)
	checkFiles(t, files, []string{testFile})
	for _, app := range append(names, "linked.app", "linked.app/../linked.app", "../"+filepath.Base(away)) {
		if f, err := opened.Open(app); err == nil {
			f.Close()
		}
	}
	for _, id := range []string{testFile, "linked", "../linked.app/" + testFile, filepath.Join(away, testFile)} {
		if c, err := folder.Read(id); err == nil && string(c.Data) != inside {
			t.Errorf("Read of %q = %q", id, c.Data)
		}
	}
	if watch.any(t) {
		t.Error("something outside of the root was opened")
	}

	_, err = os.ReadFile(filepath.Join(away, testFile))
	must(t, err)
	if !watch.any(t) {
		t.Error("the test does not see what is opened")
	}
}

// Files and folders are swapped for links, FIFOs and sockets while they are
// looked at, so that some swaps come between the steps of one look.
func TestSwappedWhileItIsOpened(t *testing.T) {
	away := t.TempDir()
	writeFile(t, filepath.Join(away, testFile), outside)
	root := newTree(t)
	folderPath := filepath.Join(root, testApp)
	watch := watchOpens(t, away)

	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; !stop.Load(); i++ {
			swap(folderPath, i, away)
		}
	}()
	disk, found, absent := NewDisk(root, maxFileSize), 0, 0
	promptly(t, "reading", func() {
		for found < 200 || absent < 200 {
			data, err := readOnce(disk)
			switch {
			case err == nil && data == inside:
				found++
			case err == nil, !IsAbsent(err):
				t.Errorf("read %q, %v", data, err)
				return
			default:
				absent++
			}
			runtime.Gosched()
		}
	})
	stop.Store(true)
	<-done
	if watch.any(t) {
		t.Error("something outside of the root was opened")
	}
}

// swap puts something else in the place of the session file, or of its folder,
// and then the right thing back. Its own errors are ignored.
func swap(folder string, i int, away string) {
	path, other := filepath.Join(folder, testFile), filepath.Join(folder, "other~")
	switch i % 4 {
	case 0:
		_ = os.Symlink(filepath.Join(away, testFile), other)
	case 1:
		_ = unix.Mkfifo(other, 0o644)
	case 2:
		_ = unix.Mknod(other, unix.S_IFSOCK|0o644, 0)
	case 3:
		_ = os.Rename(folder, folder+"~")
		_ = os.Symlink(away, folder)
		_ = os.Remove(folder)
		_ = os.Rename(folder+"~", folder)
		return
	}
	_ = os.Rename(other, path)
	_ = os.WriteFile(other, []byte(inside), 0o644)
	_ = os.Rename(other, path)
}

// readOnce looks at the session file from the root on.
func readOnce(tree Tree) (string, error) {
	root, err := tree.Open()
	if err != nil {
		return "", err
	}
	defer root.Close()
	folder, err := root.Open(testApp)
	if err != nil {
		return "", err
	}
	defer folder.Close()
	c, err := folder.Read(testFile)
	return string(c.Data), err
}

func TestKeepsNoDescriptors(t *testing.T) {
	root := newTree(t)
	dir := filepath.Join(root, testApp)
	for name, put := range strangers(t) {
		put(filepath.Join(dir, name))
		put(filepath.Join(root, name+".app"))
	}
	must(t, os.Truncate(filepath.Join(dir, testFile), maxFileSize+1))
	look := func(tree Tree) {
		root, err := tree.Open()
		must(t, err)
		defer root.Close()
		for _, app := range []string{testApp, "a link to a folder.app", "a FIFO.app", "not.there"} {
			folder, err := root.Open(app)
			if err != nil {
				continue
			}
			if _, err := folder.Read(testFile); !errors.Is(err, errTooLarge) {
				t.Errorf("got the error %v, want %v", err, errTooLarge)
			}
			_, _ = folder.Read("a FIFO")
			_, _ = folder.Read("a socket")
			_, _ = folder.Next(1)
			folder.Close()
		}
		_, _ = tree.Nearest(Place{})
	}
	disk := NewDisk(root, maxFileSize)
	bounded := NewBounded(disk, 0)
	look(disk)
	look(bounded)
	before := countDescriptors(t)
	for range 50 {
		look(disk)
		look(bounded)
	}
	if after := countDescriptors(t); after > before {
		t.Errorf("%d descriptors were open, and %d are", before, after)
	}
}

func countDescriptors(tb testing.TB) int {
	tb.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(tb, err)
	return len(entries)
}

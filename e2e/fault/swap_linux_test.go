package fault

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
)

// TestFolderSwappedForALink swaps an app folder and a session file for links that
// lead out of the tree and back, over and over, while the daemon watches and is asked
// to refresh: nothing outside is opened, watched or loaded. The kernel is the witness.
func TestFolderSwappedForALink(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	root, away := filepath.Join(base, "MobileApps"), filepath.Join(base, "away")
	const app = "com.example.a"
	harness.Fill(t, root, app, 3)
	for n := range 3 {
		harness.Save(t, away, harness.NthKey(app, n), "outside@example.com")
	}
	outside := filepath.Join(away, app)
	var info unix.Stat_t
	harness.Must(t, unix.Stat(outside, &info))
	opened := witness(t, outside)
	d := harness.Launch(t, root, "--settle", "20ms", "--admit", "follow", "--watch", "events", "--poll", "50ms", "--resync", "0")

	stop := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				swapFor(root, app, outside, i)
			}
		}
	})
	for range 150 {
		d.FullPass(t)
		page, err := d.TakePage()
		harness.Must(t, err)
		for i := range page {
			if page[i].Email != "first@example.com" {
				t.Fatalf("in memory is %+v", page[i])
			}
		}
		if d.Watched(t)[info.Ino] {
			// A watch that came about in the middle of a swap must go again.
			if !harness.Eventually(func() bool { return !d.Watched(t)[info.Ino] }) {
				t.Fatal("a folder outside of the root is watched")
			}
		}
	}
	close(stop)
	swapping.Wait()
	d.Loads(t, 3)
	d.Reach(t, "well", harness.IsWell)
	harness.Save(t, root, harness.NthKey(app, 1), "second@example.com")
	d.Shows(t, harness.NthKey(app, 1), "second@example.com")
	if opened() {
		t.Error("something outside of the root was opened")
	}
	if d.Watched(t)[info.Ino] {
		t.Error("a folder outside of the root is watched")
	}
	_, err := os.ReadFile(harness.FileOf(away, harness.NthKey(app, 0)))
	harness.Must(t, err)
	if !opened() {
		t.Error("the witness does not see what is opened")
	}
}

// swapFor puts links in the place of an app folder or of one of its files, and then
// the right thing back.
func swapFor(root, app, outside string, i int) {
	folder, aside := filepath.Join(root, app), filepath.Join(root, ".aside")
	if i%2 == 0 {
		_ = os.Symlink(outside, aside)
		_ = unix.Renameat2(unix.AT_FDCWD, aside, unix.AT_FDCWD, folder, unix.RENAME_EXCHANGE)
		_ = unix.Renameat2(unix.AT_FDCWD, aside, unix.AT_FDCWD, folder, unix.RENAME_EXCHANGE)
		_ = os.Remove(aside)
		return
	}
	file, link := harness.FileOf(root, harness.NthKey(app, 0)), filepath.Join(folder, ".link")
	_ = os.Symlink(harness.FileOf(filepath.Dir(outside), harness.NthKey(app, 0)), link)
	_ = unix.Renameat2(unix.AT_FDCWD, link, unix.AT_FDCWD, file, unix.RENAME_EXCHANGE)
	_ = unix.Renameat2(unix.AT_FDCWD, link, unix.AT_FDCWD, file, unix.RENAME_EXCHANGE)
	_ = os.Remove(link)
}

// witness has the kernel note whatever is opened or read in a folder. The function it
// returns tells whether anything was since it was last called.
func witness(t *testing.T, folder string) func() bool {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	harness.Must(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	_, err = unix.InotifyAddWatch(fd, folder, unix.IN_OPEN|unix.IN_ACCESS)
	harness.Must(t, err)
	return func() bool {
		n, err := unix.Read(fd, make([]byte, 64<<10))
		if err != nil && !errors.Is(err, syscall.EAGAIN) {
			t.Error(err)
		}
		return n > 0
	}
}

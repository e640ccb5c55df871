package mobileapps

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// Without a free descriptor nothing can be judged; nothing is absent.
func TestWithoutDescriptors(t *testing.T) {
	disk := NewDisk(newTree(t), maxFileSize)
	opened, folder := openRoot(t, disk), openFolder(t, disk, testApp)
	withoutDescriptors(t, func() {
		if _, err := disk.Open(); !errors.Is(err, unix.EMFILE) || IsAbsent(err) {
			t.Errorf("Open of the root: %v, want %v", err, unix.EMFILE)
		}
		if _, err := opened.Open(testApp); !errors.Is(err, unix.EMFILE) || IsAbsent(err) {
			t.Errorf("Open of the folder: %v, want %v", err, unix.EMFILE)
		}
		if _, err := folder.Read(testFile); !errors.Is(err, unix.EMFILE) || IsAbsent(err) {
			t.Errorf("Read: %v, want %v", err, unix.EMFILE)
		}
		if _, err := folder.Read("gone"); !IsAbsent(err) {
			t.Errorf("Read of nothing: %v, want absence", err)
		}
	})
	if data, err := readOnce(disk); err != nil || data != inside {
		t.Errorf("afterwards: %q, %v", data, err)
	}
}

// withoutDescriptors lets the process open nothing while f runs.
func withoutDescriptors(tb testing.TB, f func()) {
	tb.Helper()
	var was unix.Rlimit
	must(tb, unix.Getrlimit(unix.RLIMIT_NOFILE, &was))
	defer func() { must(tb, unix.Setrlimit(unix.RLIMIT_NOFILE, &was)) }()
	must(tb, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: was.Max}))
	f()
}

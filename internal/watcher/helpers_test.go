package watcher

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// waitFor polls until a state is reached.
func waitFor(t *testing.T, reached func() bool, otherwise func() string) {
	t.Helper()
	deadline := time.Now().Add(patient)
	for !reached() {
		if time.Now().After(deadline) {
			t.Fatal(otherwise())
		}
		time.Sleep(interval)
	}
}

// contentOf reads a file. Whoever renames one on Windows keeps others, but for those who let
// it be deleted, from opening it for that moment; an event may be quicker.
func contentOf(path string) ([]byte, error) {
	const sharingViolation = syscall.Errno(32)
	for {
		data, err := os.ReadFile(path)
		if runtime.GOOS != "windows" || !errors.Is(err, sharingViolation) {
			return data, err
		}
		time.Sleep(interval)
	}
}

// write creates or rewrites a file in place.
func write(t *testing.T, content string, path ...string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(path...), []byte(content), 0o600))
}

func mkdir(t testing.TB, path ...string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(path...), 0o700))
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.Rename(from, to))
}

// removeAll deletes what is at a path, whose name is free afterwards: Windows before 10
// version 1809 keeps the name of a deleted folder until nobody has it open, the Watcher
// included, and so does wine. So it is moved out of the tree first.
func removeAll(t *testing.T, path ...string) {
	t.Helper()
	at := filepath.Join(path...)
	if info, err := os.Lstat(at); runtime.GOOS == "windows" && err == nil && info.IsDir() {
		aside := filepath.Join(t.TempDir(), "aside")
		rename(t, at, aside)
		at = aside
	}
	must(t, os.RemoveAll(at))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package mobileapps

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	testApp  = "UTT7VDX8W5.com.contactApp.Contact"
	testFile = "7023d9205074199d1c16fc00d24354e778137675"
	inside   = "inside"
	outside  = "outside"

	// maxFileSize is the limit of the tests' trees, in bytes.
	maxFileSize = 1 << 20
)

// newTree makes a MobileApps folder with one app folder and one session file.
func newTree(tb testing.TB) (root string) {
	tb.Helper()
	root = filepath.Join(tb.TempDir(), "MobileApps")
	writeFile(tb, filepath.Join(root, testApp, testFile), inside)
	return root
}

// writeFile writes a file and makes the folders above it.
func writeFile(tb testing.TB, path, content string) {
	tb.Helper()
	mkdir(tb, filepath.Dir(path))
	must(tb, os.WriteFile(path, []byte(content), 0o644))
}

func mkdir(tb testing.TB, path string) {
	tb.Helper()
	must(tb, os.MkdirAll(path, 0o755))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// openRoot opens a root for the length of the test.
func openRoot(tb testing.TB, tree Tree) Root {
	tb.Helper()
	root, err := tree.Open()
	must(tb, err)
	tb.Cleanup(root.Close)
	return root
}

// openFolder opens an app folder for the length of the test.
func openFolder(tb testing.TB, tree Tree, app string) Folder {
	tb.Helper()
	folder, err := openRoot(tb, tree).Open(app)
	must(tb, err)
	tb.Cleanup(folder.Close)
	return folder
}

// listAll asks for n entries at a time until the listing ends.
func listAll[T any](next func(int) ([]T, error), n int) ([]T, error) {
	var all []T
	for {
		some, err := next(n)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
}

// settleClock waits until the file system's clock shows a later time than the
// file does, so that the next write is seen in its time stamps.
func settleClock(tb testing.TB, path string) {
	tb.Helper()
	was, _, err := newStater().folder(path)
	must(tb, err)
	other := filepath.Join(tb.TempDir(), "clock")
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		writeFile(tb, other, "")
		if now, _, err := newStater().folder(other); err == nil && now.Mtime > max(was.Mtime, was.Ctime) {
			return
		}
	}
	tb.Fatal("the file system's clock stands still")
}

// entry returns a file of a batch, by its name.
func entry(id string) *Entry {
	var b Batch
	b.Add(id)
	return b.Entry(0)
}

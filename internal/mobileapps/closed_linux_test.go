//go:build root

package mobileapps

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/session"
)

// The first folder on the way that the user may not pass through is named, with its mode
// and its owner, also where a link leads through it.
func TestFirstClosed(t *testing.T) {
	for _, test := range []struct {
		name                     string
		above, root, folder      os.FileMode
		right                    Right
		where                    string
		deniesRoot, deniesFolder bool
	}{
		{name: "nothing is closed", above: 0o755, root: 0o755, folder: 0o755},
		{name: "above", above: 0o750, root: 0o755, folder: 0o755, right: RightPass, where: ".", deniesRoot: true, deniesFolder: true},
		{name: "above may not be listed", above: 0o711, root: 0o755, folder: 0o755},
		{name: "the root", above: 0o755, root: 0o700, folder: 0o755, right: RightPass, where: "MobileApps", deniesRoot: true, deniesFolder: true},
		{name: "the root may not be listed", above: 0o755, root: 0o711, folder: 0o755, deniesRoot: true},
		{name: "the folder", above: 0o755, root: 0o755, folder: 0o700, right: RightPass, where: "MobileApps/a.b", deniesFolder: true},
		{name: "the folder may not be listed", above: 0o755, root: 0o755, folder: 0o711, right: RightList, where: "MobileApps/a.b", deniesFolder: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			outer := t.TempDir()
			above := filepath.Join(outer, "4D")
			root := filepath.Join(above, "MobileApps")
			must(t, os.MkdirAll(filepath.Join(root, "a.b"), 0o755))
			must(t, os.Symlink(root, filepath.Join(outer, "link")))
			must(t, os.Chmod(filepath.Dir(outer), 0o755))
			must(t, os.Chmod(outer, 0o755))
			must(t, os.Chmod(filepath.Join(root, "a.b"), test.folder))
			must(t, os.Chmod(root, test.root))
			must(t, os.Chmod(above, test.above))
			asNobody(t, func() {
				for _, path := range []string{filepath.Join(root, "a.b"), filepath.Join(outer, "link", "a.b"), filepath.Join(above, "..", "4D", "MobileApps", "a.b")} {
					got, found := FirstClosed(path)
					if found != (test.right != "") || found && (got.Right != test.right || got.Path != filepath.Join(above, test.where)) {
						t.Errorf("%s: %+v, %t, want %s %s", path, got, found, test.right, test.where)
					}
				}
				disk := NewDisk(root, maxFileSize)
				for key, want := range map[session.Key]bool{{}: test.deniesRoot, {App: "a.b"}: test.deniesFolder} {
					if got := disk.Denied(key); (got != "") != want {
						t.Errorf("Denied(%q) = %q", key, got)
					}
				}
			})
		})
	}
}

func TestDeniesInWords(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Chmod(filepath.Dir(folder), 0o755))
	must(t, os.Chmod(folder, 0o750))
	must(t, os.Chown(folder, 0, 54321))
	asNobody(t, func() {
		closed, _ := FirstClosed(folder)
		if got, want := closed.Denies("sessiond"), fmt.Sprintf("user sessiond may not pass through %q (0750 root:54321)", folder); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	disk := NewDisk(folder, maxFileSize)
	must(t, os.Chmod(folder, 0o755))
	must(t, os.Mkdir(filepath.Join(folder, "a.b"), 0o700))
	asNobody(t, func() {
		disk.user = func() string { return "sessiond" }
		if got, want := disk.Denied(session.Key{App: "a.b"}), "user sessiond may not pass through the app folder (0700 root:root)"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	disk = NewDisk(folder, maxFileSize)
	if got, want := NewBounded(disk, 0).Denied(session.Key{App: "a.b", ID: "1"}), "user root may not read the file"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

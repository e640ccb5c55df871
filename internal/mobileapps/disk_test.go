package mobileapps

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOpensTheRootAnew(t *testing.T) {
	root := newTree(t)
	disk := NewDisk(root, maxFileSize)
	first := openRoot(t, disk).Signature()

	must(t, os.Rename(root, root+".old"))
	if r, err := disk.Open(); !IsAbsent(err) {
		t.Fatalf("Open without a root = %v, %v, want absence", r, err)
	}
	mkdir(t, root)
	second := openRoot(t, disk).Signature()
	if first.Ino == second.Ino || first.Dev != second.Dev {
		t.Errorf("the root was %+v, its replacement is %+v", first, second)
	}
}

func TestSignatureOfAFolderTellsOfItsEntries(t *testing.T) {
	root := newTree(t)
	disk := NewDisk(root, maxFileSize)
	settleClock(t, root)
	settleClock(t, filepath.Join(root, testApp))
	wasRoot, wasFolder := openRoot(t, disk).Signature(), openFolder(t, disk, testApp).Signature()

	must(t, os.Remove(filepath.Join(root, testApp, testFile)))
	if now := openFolder(t, disk, testApp).Signature(); now == wasFolder {
		t.Errorf("the folder still has the signature %+v", now)
	}
	if now := openRoot(t, disk).Signature(); now != wasRoot {
		t.Errorf("the root had the signature %+v and has %+v", wasRoot, now)
	}
}

func TestNearest(t *testing.T) {
	base := t.TempDir()
	mkdir(t, filepath.Join(base, "a", "b"))
	must(t, os.Symlink(filepath.Join(base, "a"), filepath.Join(base, "link")))
	t.Chdir(base)

	for _, test := range []struct{ root, nearest string }{
		{filepath.Join(base, "a", "b", "MobileApps"), "a/b"},
		{filepath.Join(base, "a", "b"), "a"}, // it is there: the folder above
		{filepath.Join(base, "a", "b") + "/", "a"},
		{filepath.Join(base, "a", "x", "y", "MobileApps"), "a"},
		{filepath.Join(base, "link", "x", "MobileApps"), "a"},
		{"MobileApps", "."},
		{"./a/x/MobileApps/", "a"},
		{"/no-such-folder/MobileApps", "/"},
		{"/", "/"},
	} {
		want, mount, err := newStater().folder(test.nearest)
		must(t, err)
		got, err := NewDisk(test.root, maxFileSize).Nearest(Place{})
		if err != nil || got != (Nearest{want, mount, mount}) {
			t.Errorf("nearest to %q: %+v, %v, want that of %q: %+v", test.root, got, err, test.nearest, want)
		}
	}

	settleClock(t, filepath.Join(base, "a"))
	disk := NewDisk(filepath.Join(base, "a", "x", "MobileApps"), maxFileSize)
	was, err := disk.Nearest(Place{})
	must(t, err)
	mkdir(t, filepath.Join(base, "a", "x"))
	if now, err := disk.Nearest(Place{}); err != nil || now == was {
		t.Errorf("a folder was made above the root, and the nearest is still %+v, %v", now, err)
	}
}

package mobileapps

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListsAppFoldersByTheNamingRules(t *testing.T) {
	root := filepath.Join(t.TempDir(), "MobileApps")
	mkdir(t, root)
	want := []string{"com.example.noteam", "a.", "a..b", "a.b c", "UTT7VDX8W5.com.Ünïcode", "TEAM.App"}
	for _, name := range append(want, "noDot", ".hidden", "..", "..x", "x", "AuthKeys") {
		mkdir(t, filepath.Join(root, name))
	}
	writeFile(t, filepath.Join(root, "key.mobileapp"), "")
	mkdir(t, filepath.Join(root, "a.b c", "deeper.folder"))

	got, err := listAll(openRoot(t, NewDisk(root, maxFileSize)).Next, 3)
	must(t, err)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("app folders (-want +got):\n%s", diff)
	}
}

func TestListsSessionFilesByTheNamingRules(t *testing.T) {
	root := filepath.Join(t.TempDir(), "MobileApps")
	folder := filepath.Join(root, testApp)
	want := []string{testFile, "x", "ÄÖÜ", "with space", "4913", "sedA1b2C3", "a~b", "a#", "~a"}
	for _, name := range append(want, "manifest.json", ".hidden", "a.", "backup~", "#autosave#", "#", "~") {
		writeFile(t, filepath.Join(folder, name), name)
	}
	mkdir(t, filepath.Join(folder, "directory"))
	writeFile(t, filepath.Join(folder, "deeper", testFile), "")

	disk := NewDisk(root, maxFileSize)
	for _, n := range []int{1, 2, 128} {
		got, err := listAll(openFolder(t, disk, testApp).Next, n)
		must(t, err)
		checkFiles(t, got, want)
	}

	opened := openFolder(t, disk, testApp)
	files, err := listAll(opened.Next, 128)
	must(t, err)
	for _, id := range files {
		stat, err := opened.Stat(id)
		must(t, err)
		read, err := opened.Read(id)
		must(t, err)
		if stat != read.Signature || stat == (Signature{}) {
			t.Errorf("of %q, stat says %v, read says %v", id, stat, read.Signature)
		}
		if string(read.Data) != id || !read.Stable {
			t.Errorf("%q reads as %+v", id, read)
		}
	}
}

func checkFiles(t *testing.T, got, want []string) {
	t.Helper()
	got = slices.Sorted(slices.Values(got))
	want = slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("session files (-want +got):\n%s", diff)
	}
}

// A key may come from outside: what no listing could show must not be reached.
func TestReachesNothingByABadName(t *testing.T) {
	root := newTree(t)
	writeFile(t, filepath.Join(filepath.Dir(root), "sibling.app", testFile), outside)
	writeFile(t, filepath.Join(root, testApp, "deeper", testFile), outside)
	writeFile(t, filepath.Join(root, testApp, "manifest.json"), outside)
	writeFile(t, filepath.Join(root, testApp, ".hidden"), outside)
	mkdir(t, filepath.Join(root, "plain"))
	mkdir(t, filepath.Join(root, ".hidden.app"))

	disk := NewDisk(root, maxFileSize)
	opened := openRoot(t, disk)
	for _, app := range []string{
		"", ".", "..", "plain", ".hidden.app", "../sibling.app", "./" + testApp, testApp + "/", testApp + "/.",
		testApp + "/../" + testApp, testApp + "/deeper", filepath.Join(root, testApp), testApp + "\x00", "\xff.app", "not.there",
		"long." + strings.Repeat("x", 251), "long." + strings.Repeat("x", 5000),
	} {
		if folder, err := opened.Open(app); !IsAbsent(err) {
			t.Errorf("Open(%.40q) = %v, %v, want absence", app, folder, err)
		}
	}
	folder := openFolder(t, disk, testApp)
	for _, id := range []string{
		"", ".", "..", "../" + testApp + "/" + testFile, "deeper/" + testFile, "./" + testFile, testFile + "/", "manifest.json", ".hidden",
		filepath.Join(root, testApp, testFile), testFile + "\x00", "\xff", "gone", "#", "~", strings.Repeat("x", 256), strings.Repeat("x", 5000),
	} {
		if sig, err := folder.Stat(id); !IsAbsent(err) {
			t.Errorf("Stat(%.40q) = %v, %v, want absence", id, sig, err)
		}
		if c, err := folder.Read(id); !IsAbsent(err) {
			t.Errorf("Read(%.40q) = %q, %v, want absence", id, c.Data, err)
		}
	}
}

// A folder that is removed while it is listed is absent, not empty: what was in
// it may come back in a moment. Not every system tells one from the other.
func TestListsAFolderThatWasRemoved(t *testing.T) {
	root := newTree(t)
	disk := NewDisk(root, maxFileSize)
	opened, folder := openRoot(t, disk), openFolder(t, disk, testApp)
	must(t, os.RemoveAll(root))

	tells := func(err error) bool { return IsAbsent(err) || err == nil && runtime.GOOS != "linux" }
	if names, err := listAll(opened.Next, 8); !tells(err) || len(names) > 0 {
		t.Errorf("the removed root lists %q, %v", names, err)
	}
	if files, err := listAll(folder.Next, 8); !tells(err) || len(files) > 0 {
		t.Errorf("the removed app folder lists %v, %v", files, err)
	}
	if _, err := folder.Read(testFile); !IsAbsent(err) {
		t.Errorf("reading in the removed folder: %v, want absence", err)
	}
}

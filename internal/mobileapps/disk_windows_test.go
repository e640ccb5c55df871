package mobileapps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// shortName returns the short name (8.3) of a file, or the name itself where it has none.
func shortName(t *testing.T, path string) string {
	t.Helper()
	long, err := windows.UTF16PtrFromString(path)
	must(t, err)
	var short [windows.MAX_LONG_PATH]uint16
	if _, err = windows.GetShortPathName(long, &short[0], uint32(len(short))); err != nil {
		t.Fatalf("cannot ask for the short name of %s: %v", path, err)
	}
	return filepath.Base(windows.UTF16ToString(short[:]))
}

// Windows finds a file also in other letters and under its short name. Neither is a key of
// ours: what has it would count twice, and be changed as another's.
func TestNamesAreSpelledAsTheyAre(t *testing.T) {
	root := newTree(t)
	disk := NewDisk(root, maxFileSize)
	shortApp := shortName(t, filepath.Join(root, testApp))
	shortFile := shortName(t, filepath.Join(root, testApp, testFile))
	t.Logf("the short names are %s and %s", shortApp, shortFile)
	for _, app := range []string{strings.ToLower(testApp), strings.ToUpper(testApp), shortApp} {
		if app == testApp {
			continue // the volume has no short names
		}
		if folder, err := openRoot(t, disk).Open(app); !IsAbsent(err) {
			t.Errorf("the app folder opens as %s: %v", app, err)
			folder.Close()
		}
	}
	writing, err := disk.OpenForWriting()
	must(t, err)
	defer writing.Close()
	toWrite, err := writing.Open(testApp)
	must(t, err)
	defer toWrite.Close()
	for _, id := range []string{strings.ToUpper(testFile), shortFile} {
		if id == testFile {
			continue
		}
		folder := openFolder(t, disk, testApp)
		if _, err := folder.Stat(id); !IsAbsent(err) {
			t.Errorf("stat of %s: %v, want that it is absent", id, err)
		}
		if _, err := folder.Read(id); !IsAbsent(err) {
			t.Errorf("read of %s: %v, want that it is absent", id, err)
		}
		if _, err := toWrite.Identify(id); !IsAbsent(err) {
			t.Errorf("identify of %s: %v, want that it is absent", id, err)
		}
		if _, err := toWrite.Read(id); !IsAbsent(err) {
			t.Errorf("read before an edit of %s: %v, want that it is absent", id, err)
		}
	}
	got, err := openFolder(t, disk, testApp).Read(testFile)
	must(t, err)
	if string(got.Data) != inside {
		t.Errorf("%s has %q", testFile, got.Data)
	}
}

// TestNobodyIsKeptFromRenaming has others rename and delete what is open here.
func TestNobodyIsKeptFromRenaming(t *testing.T) {
	root := newTree(t)
	path := filepath.Join(root, testApp, testFile)
	tree, err := NewDisk(root, maxFileSize).Open()
	must(t, err)
	defer tree.Close()
	folder, err := tree.Open(testApp)
	must(t, err)
	defer folder.Close()
	file, _, err := folder.(*diskFolder).open(testFile)
	must(t, err)
	defer file.Close()
	for _, held := range []string{path, filepath.Dir(path), root} {
		name, err := windows.UTF16PtrFromString(held)
		must(t, err)
		const (
			all  = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
			asIs = windows.FILE_FLAG_BACKUP_SEMANTICS
		)
		other, err := windows.CreateFile(name, windows.DELETE|windows.GENERIC_READ|windows.GENERIC_WRITE, all, nil, windows.OPEN_EXISTING, asIs, 0)
		if err != nil {
			t.Errorf("another program cannot open %s to write, rename or delete it: %v", held, err)
			continue
		}
		must(t, windows.CloseHandle(other))
	}
	must(t, os.Rename(path, path+"new"))
	must(t, os.Remove(path+"new"))
}

// TestLongPaths has all calls take paths of more than 260 characters.
func TestLongPaths(t *testing.T) {
	for _, prefix := range []string{``, `\\?\`} {
		t.Run("with prefix "+prefix, func(t *testing.T) {
			root := prefix + filepath.Join(t.TempDir(), strings.Repeat("long", 25), strings.Repeat("longer", 20), "MobileApps")
			writeFile(t, filepath.Join(root, testApp, testFile), inside)
			disk := NewDisk(root, maxFileSize)
			if _, err := disk.Nearest(Place{}); err != nil {
				t.Error(err)
			}
			if _, err := openRoot(t, disk).Place(); err != nil {
				t.Error(err)
			}
			files, err := listAll(openFolder(t, disk, testApp).Next, 10)
			must(t, err)
			checkFiles(t, files, []string{testFile})
			writing, err := disk.OpenForWriting()
			must(t, err)
			defer writing.Close()
			folder, err := writing.Open(testApp)
			must(t, err)
			defer folder.Close()
			temporary := temporaryBegin + "1" + temporaryEnd
			_, err = folder.Create(NewFile{Name: temporary, Data: []byte("new"), From: testFile})
			must(t, err)
			must(t, folder.Exchange(testFile, temporary))
			must(t, folder.Remove(temporary))
			must(t, folder.Rename(testFile, "renamed"))
			got, err := folder.Read("renamed")
			must(t, err)
			if string(got.Data) != "new" {
				t.Errorf("the file has %q", got.Data)
			}
		})
	}
}

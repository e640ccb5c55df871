//go:build unix

package mobileapps

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

const temporaryFile = ".sessiond-e-test.tmp"

// openForWriting opens the tests' app folder.
func openForWriting(tb testing.TB, tree WriteTree) WriteFolder {
	tb.Helper()
	root, err := tree.OpenForWriting()
	must(tb, err)
	tb.Cleanup(root.Close)
	folder, err := root.Open(testApp)
	must(tb, err)
	tb.Cleanup(folder.Close)
	return folder
}

// Two names are exchanged, a rename replaces nothing, and a new file is like another.
func TestWriteFolder(t *testing.T) {
	root := newTree(t)
	path := filepath.Join(root, testApp, testFile)
	must(t, os.Chmod(path, 0o604))
	f := openForWriting(t, NewDisk(root, maxFileSize))
	old, err := f.Read(testFile)
	must(t, err)
	if string(old.Data) != inside || !old.Stable || old.Links != 1 || old.Mode != 0o604 {
		t.Errorf("the file is %+v", old)
	}
	made, err := f.Create(NewFile{Name: temporaryFile, Data: []byte("new"), Like: old.Attributes, From: testFile})
	must(t, err)
	if now, err := f.Read(temporaryFile); err != nil || string(now.Data) != "new" || now.Identity() != made || !now.Attributes.Equal(old.Attributes) {
		t.Errorf("the new file is %+v, %v", now, err)
	}
	if _, err := f.Create(NewFile{Name: temporaryFile}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	if names, err := f.Temporaries(); err != nil || !slices.Equal(names, []string{temporaryFile}) {
		t.Errorf("temporary are %q, %v", names, err)
	}
	must(t, f.Exchange(testFile, temporaryFile))
	for name, want := range map[string]Identity{testFile: made, temporaryFile: old.Identity()} {
		if is, err := f.Identify(name); err != nil || is != want {
			t.Errorf("%s is %v, %v", name, is, err)
		}
	}
	if err := f.Rename(temporaryFile, testFile); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a rename over a file: %v", err)
	}
	must(t, f.Remove(testFile))
	must(t, f.Rename(temporaryFile, testFile))
	must(t, f.Sync())
	if data, err := os.ReadFile(path); err != nil || string(data) != inside {
		t.Errorf("in the end the file is %q, %v", data, err)
	}
	if err := f.Exchange(testFile, temporaryFile); !IsAbsent(err) {
		t.Errorf("an exchange with nothing: %v", err)
	}
}

// What could not be made whole is not left behind.
func TestCreateLeavesNothing(t *testing.T) {
	root := newTree(t)
	f := openForWriting(t, NewDisk(root, maxFileSize))
	like := Attributes{Mode: 0o600, Extended: map[string][]byte{"nonsense.name": nil}}
	if _, err := f.Create(NewFile{Name: temporaryFile, Like: like}); !errors.Is(err, ErrAttributes) {
		t.Errorf("the error is %v", err)
	}
	if _, err := f.Identify(temporaryFile); !IsAbsent(err) {
		t.Errorf("it was left behind (%v)", err)
	}
}

// No name leads out of the folder, or to what is no session file and not ours.
func TestWritesNothingOutside(t *testing.T) {
	root := newTree(t)
	for _, name := range []string{"../x", "a/b", "manifest.json", "", ".", "..", ".sessiond-../../x.tmp", ".sessiond-e-/.tmp"} {
		f := openForWriting(t, NewDisk(root, maxFileSize))
		if _, err := f.Create(NewFile{Name: name}); err == nil {
			t.Errorf("%q was made", name)
		}
		if _, err := f.Create(NewFile{Name: testFile}); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("a session file was made: %v", err)
		}
		if _, err := f.Read(name); !IsAbsent(err) {
			t.Errorf("%q was read: %v", name, err)
		}
		for what, err := range map[string]error{
			"exchanged": f.Exchange(testFile, name), "renamed": f.Rename(testFile, name), "made of another": f.Rename(name, testFile), "removed": f.Remove(name),
		} {
			if !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%q was %s: %v", name, what, err)
			}
		}
	}
}

// Links are not followed, and nothing blocks.
func TestReadsWhatIsAFileOnly(t *testing.T) {
	root := newTree(t)
	folder := filepath.Join(root, testApp)
	must(t, os.Symlink(testFile, filepath.Join(folder, "link")))
	must(t, syscall.Mkfifo(filepath.Join(folder, "fifo"), 0o600))
	mkdir(t, filepath.Join(folder, "folder"))
	f := openForWriting(t, NewDisk(root, maxFileSize))
	for _, name := range []string{"link", "fifo", "folder"} {
		promptly(t, "a read of a "+name, func() {
			if _, err := f.Read(name); !IsAbsent(err) {
				t.Errorf("%s was read: %v", name, err)
			}
		})
		if is, err := f.Identify(name); err != nil || is.Regular || is.Ino == 0 {
			t.Errorf("%s is %v, %v", name, is, err)
		}
	}
	large := filepath.Join(folder, "large")
	must(t, os.WriteFile(large, nil, 0o600))
	must(t, os.Truncate(large, 1<<40))
	if file, err := f.Read("large"); !errors.Is(err, session.ErrTooLarge) || file.Size != 1<<40 || file.Ino == 0 {
		t.Errorf("the large file is %+v, %v", file.Signature, err)
	}
}

// One process at a time has the lock, through whatever path.
func TestLock(t *testing.T) {
	root := newTree(t)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(root, link))
	a, err := NewDisk(root, maxFileSize).OpenForWriting()
	must(t, err)
	b, err := NewDisk(link, maxFileSize).OpenForWriting()
	must(t, err)
	defer b.Close()
	must(t, a.Lock())
	if err := b.Lock(); !errors.Is(err, ErrLocked) {
		t.Errorf("the error is %v", err)
	}
	a.Close()
	must(t, b.Lock())
}

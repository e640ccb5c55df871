package watcher

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/windows"
)

// TestOverflow has more changes come than Windows keeps while nothing reads them.
func TestOverflow(t *testing.T) {
	l, root, open := held(t)
	mkdir(t, root, "b.two") // wine reports nothing from a folder that nobody has opened
	for i := range 200 {    // two of 400 bytes each
		write(t, "", root, "b.two", fmt.Sprint(i)+strings.Repeat("x", 200))
	}
	l.start()
	l.settle()
	l.forgetChanges()
	open()
	waitFor(t, func() bool { return l.State().Overflows > 0 }, func() string { return "no overflow was told of" })
	l.settleWatched()
	if got := l.gotChanges(); !got.All {
		t.Errorf("change %+v, want everything because of the overflow", got)
	}
	write(t, "2", root, "b.two", "file")
	l.settleWatched()
	if got := l.State(); got.Degraded {
		t.Errorf("state %+v, want not degraded", got)
	}
}

// TestSourceKeepsNobodyFromRenaming holds nothing open below the root, and has the root
// itself renamed and deleted.
func TestSourceKeepsNobodyFromRenaming(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	mkdir(t, root, "a.one")
	src, err := openSource(root)
	must(t, err)
	must(t, src.Add(root))
	must(t, src.Add(filepath.Join(root, "a.one")))
	for _, path := range []string{filepath.Join(root, "a.one"), root} {
		name, err := windows.UTF16PtrFromString(path)
		must(t, err)
		// Windows opens it for a rename like this.
		handle, err := windows.CreateFile(name, windows.DELETE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
			nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
		if err != nil {
			t.Fatalf("another program cannot rename %s: %v", path, err)
		}
		must(t, windows.CloseHandle(handle))
	}
	rename(t, root, root+".old")
	must(t, src.Close())
	if list := src.WatchList(); len(list) > 0 {
		t.Errorf("after the end %q are watched", list)
	}
	if err := src.Add(root); err == nil {
		t.Error("after the end a folder is watched")
	}
}

func TestEventsOfWindows(t *testing.T) {
	const (
		added    = windows.FILE_ACTION_ADDED
		removed  = windows.FILE_ACTION_REMOVED
		modified = windows.FILE_ACTION_MODIFIED
		oldName  = windows.FILE_ACTION_RENAMED_OLD_NAME
		newName  = windows.FILE_ACTION_RENAMED_NEW_NAME
	)
	tests := []struct {
		name   string
		action uint32
		want   fsnotify.Event // without a name: none
	}{
		{`a.one`, added, fsnotify.Event{Name: `C:\r\a.one`, Op: fsnotify.Create}},
		{`a.one\f`, added, fsnotify.Event{Name: `C:\r\a.one\f`, Op: fsnotify.Create}},
		{`a.one\f`, removed, fsnotify.Event{Name: `C:\r\a.one\f`, Op: fsnotify.Remove}},
		{`a.one\f`, modified, fsnotify.Event{Name: `C:\r\a.one\f`, Op: fsnotify.Write}},
		{`a.one\f`, oldName, fsnotify.Event{Name: `C:\r\a.one\f`, Op: fsnotify.Rename}},
		{`a.one\f`, newName, fsnotify.Event{Name: `C:\r\a.one\f`, Op: fsnotify.Create}},
		{`a.one\deeper\f`, modified, fsnotify.Event{}},
		{`a.one\0A1B2C~1`, removed, fsnotify.Event{Name: `C:\r\a.one`, Op: fsnotify.Create}},
		{`TEAM12~1.APP\f`, removed, fsnotify.Event{Name: `C:\r`, Op: fsnotify.Create}},
		{`TEAM12~1.APP`, oldName, fsnotify.Event{Name: `C:\r`, Op: fsnotify.Create}},
		{`a.one\longer~than8`, removed, fsnotify.Event{Name: `C:\r\a.one\longer~than8`, Op: fsnotify.Remove}},
	}
	r := &reader{path: `C:\r`}
	for _, test := range tests {
		got, of := r.event(test.name, test.action)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(fsnotify.Event{})); diff != "" || of != (test.want.Name != "") {
			t.Errorf("%s, action %d: an event %t (-want +got):\n%s", test.name, test.action, of, diff)
		}
	}
}

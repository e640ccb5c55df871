package watcher

import (
	"path/filepath"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

func TestNote(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	in := func(names ...string) string { return filepath.Join(append([]string{root}, names...)...) }
	tests := map[string]struct {
		event fsnotify.Event
		want  Change
	}{
		"file written":            {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Write}, oneFile("a.one", "f")},
		"file created":            {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Create}, oneFile("a.one", "f")},
		"file removed":            {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Remove}, oneFile("a.one", "f")},
		"file renamed":            {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Rename}, oneFile("a.one", "f")},
		"file's mode":             {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Chmod}, Change{}},
		"file's mode and content": {fsnotify.Event{Name: in("a.one", "f"), Op: fsnotify.Chmod | fsnotify.Write}, oneFile("a.one", "f")},
		"file of no interest":     {fsnotify.Event{Name: in("a.one", "f.x"), Op: fsnotify.Create}, Change{}},
		"folder created":          {fsnotify.Event{Name: in("a.one"), Op: fsnotify.Create}, wholeFolder("a.one")},
		"folder removed":          {fsnotify.Event{Name: in("a.one"), Op: fsnotify.Remove}, wholeFolder("a.one")},
		"folder renamed":          {fsnotify.Event{Name: in("a.one"), Op: fsnotify.Rename}, wholeFolder("a.one")},
		"folder's mode":           {fsnotify.Event{Name: in("a.one"), Op: fsnotify.Chmod}, Change{}},
		"name in the root written": {
			fsnotify.Event{Name: in("key.mobileapp"), Op: fsnotify.Write},
			Change{},
		},
		"name in the root of no interest": {fsnotify.Event{Name: in("plain"), Op: fsnotify.Create}, Change{}},
		"root removed":                    {fsnotify.Event{Name: root, Op: fsnotify.Remove}, rescanAll()},
		"root renamed":                    {fsnotify.Event{Name: root, Op: fsnotify.Rename}, rescanAll()},
		"root's mode":                     {fsnotify.Event{Name: root, Op: fsnotify.Chmod}, Change{}},
		"deeper":                          {fsnotify.Event{Name: in("a.one", "b", "f"), Op: fsnotify.Write}, rescanAll()},
		"outside":                         {fsnotify.Event{Name: filepath.Dir(root), Op: fsnotify.Write}, rescanAll()},
		"beside":                          {fsnotify.Event{Name: root + "x", Op: fsnotify.Create}, rescanAll()},
		"relative":                        {fsnotify.Event{Name: "f", Op: fsnotify.Create}, rescanAll()},
		"two dots before a name":          {fsnotify.Event{Name: in("a.one", "..f"), Op: fsnotify.Write}, Change{}},
		"not clean":                       {fsnotify.Event{Name: root + "/./a.one//f", Op: fsnotify.Write}, oneFile("a.one", "f")},
		"line end in a name":              {fsnotify.Event{Name: in("a.one", "f\n"), Op: fsnotify.Write}, oneFile("a.one", "f\n")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLive(t, root, Auto, never)
			l.note(test.event)
			if diff := cmp.Diff(test.want, l.gotChanges()); diff != "" {
				t.Errorf("change (-want +got):\n%s", diff)
			}
		})
	}
}

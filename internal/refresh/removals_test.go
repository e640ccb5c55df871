package refresh_test

import (
	"runtime"
	"testing"
	"unsafe"
	"weak"

	"sessiond/internal/session"
)

// What is remembered of a session that was removed is its key, and not the content that
// the key's ID is a part of.
func TestRemovedContentIsLetGo(t *testing.T) {
	r := started(t, "a.b/1", "valid 1 and long enough to have memory of its own", "a.b/2", "valid 2")
	content := weak.Make(unsafe.StringData(r.sessions[one].Key().ID))
	r.tree.remove("a.b/1")
	r.refresh()
	r.inMemory(keys{two: "valid 2"})
	runtime.GC()
	if content.Value() != nil {
		t.Error("the content of a session that was removed is still held")
	}
	runtime.KeepAlive(r)
}

// Nor is the content of a session held by what is known of its file since: that it was
// gone for a while, and came back invalid.
func TestRejectedContentIsLetGo(t *testing.T) {
	r := started(t, "a.b/1", "valid 1 and long enough to have memory of its own", "a.b/2", "valid 2")
	content := weak.Make(unsafe.StringData(r.sessions[one].Key().ID))
	r.tree.remove("a.b/1")
	r.full()
	r.tree.write("a.b/1", "wrong")
	r.refresh()
	r.inMemory(keys{two: "valid 2"})
	runtime.GC()
	if content.Value() != nil {
		t.Error("the content of a session that was removed is still held")
	}
	runtime.KeepAlive(r)
}

// The outcome of a pass is in the order of the keys, which is not that of the folders'
// names: a slash sorts after some characters that names may have.
func TestOrderOfFolders(t *testing.T) {
	paths := []string{"a.b-c/1", "a.b.c/1", "a.b/1", "a.b0/1"}
	var files []string
	var want []session.Change
	var folders []session.Key
	for _, path := range paths {
		files = append(files, path, "valid")
		want = append(want, session.Change{Session: keyOf(path), Action: session.ActionUpdated})
		folders = append(folders, keyOf(path).Folder())
	}
	for name, look := range map[string]func(*rig) session.Report{
		"all":     (*rig).full,
		"folders": func(r *rig) session.Report { return r.look(folders...) },
	} {
		t.Run(name, func(t *testing.T) {
			r := started(t, files...)
			for _, path := range paths {
				r.tree.write(path, "valid, edited")
			}
			changed(t, look(r), want...)
		})
	}
}

package watcher

import "time"

// Cause says what told of a change.
type Cause string

// The causes.
const (
	CauseEvent    Cause = "event"    // the operating system told of a change
	CausePoll     Cause = "poll"     // the timer, where there are no events
	CauseRoot     Cause = "root"     // the root is another than before, appeared or vanished
	CauseOverflow Cause = "overflow" // events were lost
)

// weight orders the causes: a change made of several bears the gravest.
func (c Cause) weight() int {
	switch c {
	case CauseOverflow:
		return 4
	case CauseRoot:
		return 3
	case CausePoll:
		return 2
	case CauseEvent:
		return 1
	}
	return 0
}

// File names a file in an app folder.
type File struct{ Folder, Name string }

// Change says where to look again. The zero Change says nothing; whoever receives a
// Change owns its maps.
type Change struct {
	Cause Cause
	// Since is when the first came of what the change is made of. It is set when
	// the change is handed on.
	Since time.Time
	// All asks for a look at the whole tree; Folders and Files are then empty.
	All bool
	// Folders are app folders to look at as a whole.
	Folders map[string]struct{}
	// Files are single files to look at, none of them in one of Folders.
	Files map[File]struct{}
}

// everything asks for a look at the whole tree.
func rescanAll(cause Cause) Change { return Change{Cause: cause, All: true} }

// wholeFolder asks for a look at an app folder, because of an event.
func wholeFolder(folder string) Change {
	return Change{Cause: CauseEvent, Folders: map[string]struct{}{folder: {}}}
}

// oneFile asks for a look at a file in an app folder, because of an event.
func oneFile(folder, name string) Change {
	return Change{Cause: CauseEvent, Files: map[File]struct{}{{Folder: folder, Name: name}: {}}}
}

// Empty reports whether the change names nothing to look at.
func (h Change) Empty() bool { return !h.All && len(h.Folders) == 0 && len(h.Files) == 0 }

// Merge makes the change cover what other covers, too. It may take over the maps
// of other, which must not be used any more.
func (h *Change) Merge(other Change) {
	if other.Cause.weight() > h.Cause.weight() {
		h.Cause = other.Cause
	}
	if h.All || other.All {
		h.All, h.Folders, h.Files = true, nil, nil
		return
	}
	h.addFolders(other.Folders)
	h.addFiles(other.Files)
}

// addFolders adds whole folders, which stand for the single files in them.
func (h *Change) addFolders(folders map[string]struct{}) {
	grown := false
	for folder := range folders {
		if _, known := h.Folders[folder]; known {
			continue
		}
		if h.Folders == nil {
			h.Folders = make(map[string]struct{}, len(folders))
		}
		h.Folders[folder] = struct{}{}
		grown = true
	}
	if !grown {
		return
	}
	for file := range h.Files {
		if _, whole := h.Folders[file.Folder]; whole {
			delete(h.Files, file)
		}
	}
}

// addFiles adds single files, but for those whose folder is there as a whole.
func (h *Change) addFiles(files map[File]struct{}) {
	if len(h.Files) == 0 && len(h.Folders) == 0 {
		h.Files = files
		return
	}
	for file := range files {
		if _, whole := h.Folders[file.Folder]; whole {
			continue
		}
		if h.Files == nil {
			h.Files = make(map[File]struct{}, len(files))
		}
		h.Files[file] = struct{}{}
	}
}

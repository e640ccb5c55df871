package watcher

import "time"

// File names a file in an app folder.
type File struct{ Folder, Name string }

// Change says where to look again. The zero Change names nothing; the receiver of a
// Change owns its maps.
type Change struct {
	// Since is when the first of the events came that the change is made of; it is
	// zero where there was none.
	Since time.Time
	// Polled is true where nothing is known to have changed and the timer asks for
	// a look, since there are no events.
	Polled bool
	// All asks for a look at the whole tree; Folders and Files are then empty.
	All bool
	// Folders are app folders to look at as a whole.
	Folders map[string]struct{}
	// Files are single files to look at.
	Files map[File]struct{}
}

// rescanAll asks for a look at the whole tree.
func rescanAll() Change { return Change{All: true} }

// pollAll asks for a look at the whole tree where there are no events.
func pollAll() Change { return Change{All: true, Polled: true} }

// wholeFolder asks for a look at an app folder.
func wholeFolder(name string) Change {
	return Change{Folders: map[string]struct{}{name: {}}}
}

// oneFile asks for a look at a file in an app folder.
func oneFile(folder, name string) Change {
	return Change{Files: map[File]struct{}{{Folder: folder, Name: name}: {}}}
}

// addFolder asks for a look at a folder, too: at an app folder, or at the whole
// tree where the name is the root's.
func (c *Change) addFolder(name string) {
	switch {
	case c.All:
	case name == "":
		c.All, c.Folders = true, nil
	case c.Folders == nil:
		c.Folders = map[string]struct{}{name: {}}
	default:
		c.Folders[name] = struct{}{}
	}
}

// Empty reports whether the change names nothing to look at.
func (c Change) Empty() bool { return !c.All && len(c.Folders) == 0 && len(c.Files) == 0 }

package session

import "unique"

// Folder is the name of an app folder, which is kept once for all of its sessions.
type Folder struct{ name unique.Handle[string] }

// FolderOf returns the folder of a name. To find it takes as long as to copy a
// session, so who has many files of one folder asks once.
func FolderOf(name string) Folder { return Folder{unique.Make(name)} }

// Name returns the folder's name.
func (f Folder) Name() string { return f.name.Value() }

// Place is where a session file lies: what a [Key] says, without memory for the text
// of one. Most files never need it.
type Place struct {
	Folder Folder
	ID     []byte // of the session, the file's name; it belongs to who made the place
}

// Key returns the place as a key.
func (p Place) Key() Key { return NewKey(p.Folder.Name(), p.ID) }

// Place returns the place that a key names.
func (k Key) Place() Place { return Place{FolderOf(k.App()), []byte(k.ID())} }

// Package edit changes and deletes session files, one or many, without losing what another
// program writes to the same files meanwhile, and restores deleted ones.
//
// It knows files and not the memory: after a change its caller runs a pass over the
// key (trigger "edit"), so that whoever makes the same edit by hand gets the same.
//
// # A change
//
// The file is read as a pass reads it, and judged. The bytes of one member are replaced;
// all else stays as it is, byte for byte. The result goes to a new file beside it, with
// the same owner, group, mode, access control list and attributes, and the two are exchanged
// atomically. What came out must be the file that was read: otherwise somebody wrote in
// between, the exchange is undone, and all begins again with what is there now.
//
// Another program may have had the old file open when it was exchanged, and write to it
// afterwards. So the old file is kept beside the new one for one settle time. Where it has
// changed by then, it goes back to its place and the edit is made again on it. The
// answer does not wait for that: it is rare, and the caller is told by a [Notice].
//
// # Many
//
// One file is many of which there is one: all follow the same rules. Many are edited in
// chunks, each in one turn. All new files of a chunk are on disk before the first is put in
// place: more than a few are synced with their whole file system at once, which is one call
// instead of a thousand. Each folder is synced once. What one of them waits for, that another
// program ends a save for instance, holds up none of the others.
//
// # A deletion
//
// The file is renamed, so that nobody else finds it; if it still has the content that was to be
// deleted, a copy goes to the [Trash] and the file is removed. Otherwise it goes back. Of many,
// all copies are handed to the trash together.
//
// # After a crash
//
// At each moment either the old or the new file has the session's name, or the one that was to be
// deleted has a temporary name from which it can be put back. [Editor.Recover] does that.
// The editor calls it before the first edit below a root.
package edit

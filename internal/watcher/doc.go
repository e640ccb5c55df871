// Package watcher reports that something changed below the MobileApps folder, never
// what: each change it passes on means "look here again" (refresh contract, section
// 6). A change may name too much and never too little; in any doubt it asks for a
// rescan of everything.
//
// Events come from fsnotify, which watches single folders. So the root and each app
// folder have a watch of their own. A watch is on a folder, not on a path: it moves
// with the folder when that is renamed, and ends when the folder is deleted. Three
// rules keep path and watch together:
//
//   - No watch is set while an event is handled. Events only mark a folder as
//     stale and lead to a change; the pass that follows calls [Watcher.Renew]
//     before it lists the folder, so that what happens between the two is seen
//     by the listing or by an event, or by both.
//   - A watch is renewed by removing it and adding it again, never by adding
//     alone. fsnotify keeps a table of paths; adding a path whose folder was
//     replaced would leave the old watch behind in the kernel, and adding one
//     whose folder is still watched under its former name does not enter the
//     new name at all.
//   - After the pass [Watcher.Verify] holds what was renewed against fsnotify's
//     own list, which is how the second of these is found.
//
// On Windows one watch of the root is told of all that happens below it; those of the app
// folders are entries of a list, to which the same rules apply.
//
// A timer finds what causes no event: a root that came back or was moved, replaced
// or mounted over, an app folder that something was mounted over or that a bind mount
// left, and a watch that ended silently. Where watching is impossible,
// the same timer asks for full passes; where it is impossible for an app folder
// alone, for looks at that folder.
//
// A file system may hang, and so may every call that sets a watch or looks at a
// folder. No caller waits longer than a second for one of them: passes go ahead
// without watches then, the timer asks for passes, and watching is resumed once the
// call has returned.
package watcher

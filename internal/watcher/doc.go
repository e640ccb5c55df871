// Package watcher tells that something changed below the MobileApps folder,
// never what: it hands on changes, each of which means "look here again" (refresh
// contract, section 6). A change may name too much and never too little; in any
// doubt it asks for a rescan of all.
//
// Events come from fsnotify, which watches single folders. So the root and each
// app folder have a watch of their own, and a watch is on a folder, not on a
// path: it goes along when the folder is renamed and ends when it is deleted.
// Three habits keep path and watch together:
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
// What no event tells is found by a timer: a root that came back or was moved,
// replaced or mounted over, and a watch that vanished in silence. Where
// watching is impossible, the same timer asks for full passes instead; where it is
// for an app folder alone, for looks at that folder.
//
// A file system may hang, and so may every call that sets a watch or looks at a
// folder. None of them is waited for longer than a second: passes go ahead
// without watches then, the timer asks for them, and watching begins again once
// the call has returned.
package watcher

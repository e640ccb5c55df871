// Package admin makes the changes to session files that somebody asks the daemon for
// (administration contract, sections 2, 4 and 5): it records what is about to be done,
// has package edit do it, has a pass look at the file, records how it ended, and answers.
//
// Nothing here changes the memory: the file does, by the pass that follows. So whoever
// makes the same edit by hand gets the same.
package admin

// Package changes asks the built binary for many changes at once (administration contract,
// section 3) while other programs write the same files, disks fill up, clients leave and the
// daemon ends. It needs nothing but Go; what mounts a disk has the build tag root.
//
// -changes.for says how long the stress test goes on, and -changes.sessions with how many
// sessions.
package changes

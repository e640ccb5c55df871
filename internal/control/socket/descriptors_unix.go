//go:build unix

package socket

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// keptDescriptors is how many open files the daemon itself needs beside what its
// passes open: standard streams, socket, lock, watches, the runtime's own, and one
// for a client who is let in before another is dropped.
const keptDescriptors = 16

// DefaultMaxConns returns how many connections may be open where nobody says: 1,536, or
// half of the files that the process may have open if that is less. The other half, or what a pass needs where that is more, is for what a
// pass reads: clients must not be able to keep the daemon from opening a session
// file.
func DefaultMaxConns() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return maxConns
	}
	return spareOf(limit.Cur, runtime.GOMAXPROCS(0))
}

// spareOf returns how many of the files that a process may have open its clients
// get, where so many readers are at work in a pass. Each has a folder and a file
// open beneath the one root.
func spareOf(limit uint64, readers int) int {
	kept := uint64(keptDescriptors + 1 + 2*readers) //nolint:gosec // there are few readers
	if limit <= kept {
		return 1
	}
	return int(min(limit/2, limit-kept, maxConns))
}

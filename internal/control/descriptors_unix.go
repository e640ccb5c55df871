//go:build unix

package control

import "golang.org/x/sys/unix"

// spareDescriptors returns how many files the process may have open for the sake
// of clients. The other half is for what a pass reads: clients must not be able
// to keep the daemon from opening a session file.
func spareDescriptors() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return defaultMaxConns
	}
	return max(1, int(min(limit.Cur/2, defaultMaxConns)))
}

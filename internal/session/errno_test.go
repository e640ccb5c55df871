package session

import (
	"syscall"
	"testing"
)

// What the program looks for must be something that a system returns.
func TestErrnosAreTheSystems(t *testing.T) {
	seen := make(map[syscall.Errno]bool)
	for _, errno := range []syscall.Errno{
		ErrIO, ErrTooLarge, ErrOtherMount, ErrHangs, ErrNoFolder, ErrNoDescriptor, ErrNoDescriptors,
	} {
		const highest = 1 << 16 // package syscall's own begin far above
		if errno == 0 || errno > highest || seen[errno] {
			t.Errorf("%d (%v) is not one of the system's, or is there twice", errno, errno)
		}
		seen[errno] = true
	}
}

//go:build !windows

package session

import "syscall"

// The system's numbers of the errors that this program means something by.
const (
	ErrIO            = syscall.EIO
	ErrTooLarge      = syscall.EFBIG
	ErrOtherMount    = syscall.EXDEV
	ErrHangs         = syscall.ETIMEDOUT
	ErrNoFolder      = syscall.ENOTDIR
	ErrNoDescriptor  = syscall.EMFILE // of the process
	ErrNoDescriptors = syscall.ENFILE // of the system
)

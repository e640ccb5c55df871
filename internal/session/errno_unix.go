//go:build !windows

package session

import "syscall"

// The system's numbers of the errors that this program means something by.
const (
	ErrnoIO            = syscall.EIO
	ErrnoTooLarge      = syscall.EFBIG
	ErrnoOtherMount    = syscall.EXDEV
	ErrnoHangs         = syscall.ETIMEDOUT
	ErrnoNoFolder      = syscall.ENOTDIR
	ErrnoNoDescriptor  = syscall.EMFILE // of the process
	ErrnoNoDescriptors = syscall.ENFILE // of the system
)

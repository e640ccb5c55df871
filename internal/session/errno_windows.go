package session

import "syscall"

// The system's numbers of the errors that this program means something by. Those that
// package syscall has under the names of Unix are its own: Windows returns none of them.
const (
	ErrIO            = syscall.Errno(1117) // ERROR_IO_DEVICE
	ErrTooLarge      = syscall.Errno(223)  // ERROR_FILE_TOO_LARGE
	ErrOtherMount    = syscall.Errno(17)   // ERROR_NOT_SAME_DEVICE
	ErrHangs         = syscall.Errno(1460) // ERROR_TIMEOUT
	ErrNoFolder      = syscall.Errno(267)  // ERROR_DIRECTORY
	ErrNoDescriptor  = syscall.Errno(4)    // ERROR_TOO_MANY_OPEN_FILES
	ErrNoDescriptors = syscall.Errno(1450) // ERROR_NO_SYSTEM_RESOURCES
)

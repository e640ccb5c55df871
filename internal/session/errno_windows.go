package session

import "syscall"

// The system's numbers of the errors that this program means something by. Those that
// package syscall has under the names of Unix are its own: Windows returns none of them.
const (
	ErrnoIO            = syscall.Errno(1117) // ERROR_IO_DEVICE
	ErrnoTooLarge      = syscall.Errno(223)  // ERROR_FILE_TOO_LARGE
	ErrnoOtherMount    = syscall.Errno(17)   // ERROR_NOT_SAME_DEVICE
	ErrnoHangs         = syscall.Errno(1460) // ERROR_TIMEOUT
	ErrnoNoFolder      = syscall.Errno(267)  // ERROR_DIRECTORY
	ErrnoNoDescriptor  = syscall.Errno(4)    // ERROR_TOO_MANY_OPEN_FILES
	ErrnoNoDescriptors = syscall.Errno(1450) // ERROR_NO_SYSTEM_RESOURCES
)

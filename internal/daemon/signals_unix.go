//go:build unix

package daemon

import (
	"os"
	"os/signal"
	"syscall"
)

// hangups returns a channel that receives a value for each SIGHUP. Signals that
// arrive while one waits to be taken are that one.
//
// It is for the rest of the process's life. To give the signal back, or to ignore it,
// would be to die of the next one in the middle of a clean stop: in os/signal, either
// has a moment in which the signal is neither caught nor ignored.
func hangups() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

// outliveReaders keeps the process from ending by SIGPIPE when the reader of its log
// is gone: to lose lines is better than to lose the sessions' daemon. That SIGPIPE
// was ignored at the start, as service managers have it, is not enough, since Go
// installs a handler of its own that ends the process for standard output and error.
func outliveReaders() { signal.Ignore(syscall.SIGPIPE) }

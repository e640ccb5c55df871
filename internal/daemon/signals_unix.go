//go:build unix

package daemon

import (
	"os"
	"os/signal"
	"syscall"
)

// hangups returns a channel that receives a value for each SIGHUP. Signals that
// arrive while one waits to be taken are that one.
func hangups() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

// ignoreHangups ends what [hangups] began, for good. To give the signal back would
// be to die of the next one, in the middle of a clean stop.
func ignoreHangups() { signal.Ignore(syscall.SIGHUP) }

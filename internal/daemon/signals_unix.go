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

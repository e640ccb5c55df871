//go:build unix

package daemon

import (
	"os"
	"os/signal"
	"syscall"
)

// hangups returns a channel that receives a value for each SIGHUP, and a
// function that ends it. Signals that arrive while one waits to be taken are
// that one.
func hangups() (<-chan os.Signal, func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}

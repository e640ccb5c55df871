package socket

import (
	"net"
	"time"
	"unsafe"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// hangupCheck is how often it is looked whether a client is there that nothing is received
// of any more: the system does not tell.
const hangupCheck = 250 * time.Millisecond

// awaitHangup returns once the client of a pipe that is closed for reading has closed it
// altogether, the connection is closed here, or enough says so; a deadline for reading that
// passes meanwhile is an error. For every other connection it does not wait: Windows does not
// tell a client that has closed its side for writing from one that is gone, and of a pipe,
// no side can be closed alone.
func awaitHangup(nc net.Conn, enough func() bool) error {
	pipe, ok := nc.(*pipeConn)
	if !ok || !pipe.isShut() {
		return nil
	}
	check := time.NewTicker(hangupCheck)
	defer check.Stop()
	for !enough() {
		if _, err := pipe.unread(); err != nil {
			return nil // nobody is there
		}
		select {
		case <-pipe.changed:
			if pipe.isInterrupted() {
				return winio.ErrTimeout
			}
		case <-check.C:
		}
	}
	return nil
}

func (c *pipeConn) isInterrupted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.interrupted
}

// hasUnread reports whether something that a client has sent waits for us. Of a Unix
// socket it cannot be told here.
func hasUnread(nc net.Conn) bool {
	pipe, ok := nc.(*pipeConn)
	if !ok {
		return false
	}
	bytes, err := pipe.unread()
	return err == nil && bytes > 0
}

// hasWaiting cannot tell here.
func hasWaiting(*net.UnixListener) bool { return false }

// closeRead receives nothing more on a connection. Reading goes on with what has been
// received, and then comes to the end. It returns false where that cannot be done.
func closeRead(nc net.Conn) bool {
	pipe, ok := nc.(*pipeConn)
	return ok && pipe.CloseRead() == nil
}

// isWritable reports whether it is not the client that keeps us from sending: it has
// taken something since this was asked last, or nothing waits to be taken. Of a Unix
// socket it cannot be told here.
func isWritable(nc net.Conn) bool {
	pipe, ok := nc.(*pipeConn)
	return ok && pipe.isTaken()
}

// peekNamedPipe asks how many bytes wait in a pipe. It does not wait for reads that do.
func peekNamedPipe(pipe windows.Handle, available *uint32) error {
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")
	done, _, err := call.Call(uintptr(pipe), 0, 0, 0, uintptr(unsafe.Pointer(available)), 0) //nolint:gosec // this is how the call takes a place for a number
	if done == 0 {
		return err
	}
	return nil
}

package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// handled is what has a handle of the system: a pipe of go-winio.
type handled interface{ Fd() uintptr }

// pipeConn is a connection of a client over a pipe. Unlike a pipe, it can be closed for
// reading alone, which evicting a connection takes.
type pipeConn struct {
	net.Conn

	mu     sync.Mutex
	closed bool
	shut   bool // closed for reading
	// interrupted is true while, of a connection that is shut, reads are to end.
	interrupted bool
	// changed has a value after closed or interrupted was set.
	changed chan struct{}

	writing     atomic.Bool   // the system has something that the client has yet to take
	taken, seen atomic.Uint64 // how often it took all; the same when isTaken was asked last
}

func newPipeConn(conn net.Conn) *pipeConn {
	return &pipeConn{Conn: conn, changed: make(chan struct{}, 1)}
}

// Control has something done with the handle, which is not closed meanwhile. It does
// nothing where it is closed already.
func (c *pipeConn) Control(do func(windows.Handle)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if pipe, ok := c.Conn.(handled); ok && !c.closed {
		do(windows.Handle(pipe.Fd()))
	}
}

// Close implements net.Conn.
func (c *pipeConn) Close() error {
	c.mu.Lock()
	c.closed = true
	c.tell()
	c.mu.Unlock()
	return c.Conn.Close()
}

func (c *pipeConn) tell() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// CloseRead receives nothing more: what has been received can still be read, and then
// comes the end. A read that waits ends.
func (c *pipeConn) CloseRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
	return c.Conn.SetReadDeadline(time.Unix(1, 0))
}

// SetReadDeadline implements net.Conn. Where the connection is shut, no read waits, and
// only [awaitHangup] is to be interrupted.
func (c *pipeConn) SetReadDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.shut {
		return c.Conn.SetReadDeadline(at)
	}
	c.interrupted = !at.IsZero() && !at.After(time.Now())
	c.tell()
	return nil
}

// SetDeadline implements net.Conn.
func (c *pipeConn) SetDeadline(at time.Time) error {
	return errors.Join(c.SetReadDeadline(at), c.SetWriteDeadline(at))
}

// Read implements net.Conn.
func (c *pipeConn) Read(p []byte) (int, error) {
	if !c.isShut() {
		n, err := c.Conn.Read(p)
		if n > 0 || !errors.Is(err, winio.ErrTimeout) || !c.isShut() {
			return n, err
		}
	}
	if unread, err := c.unread(); err != nil || unread == 0 {
		return 0, io.EOF
	}
	if err := c.Conn.SetReadDeadline(time.Time{}); err != nil {
		return 0, err
	}
	return c.Conn.Read(p) // there is something: it does not wait
}

// Write implements net.Conn. A large part is written in steps, so that it shows that a
// slow client takes something.
func (c *pipeConn) Write(p []byte) (written int, err error) {
	for step := range slices.Chunk(p, pipeBuffer/2) {
		c.writing.Store(true)
		n, err := c.Conn.Write(step)
		c.writing.Store(false)
		c.taken.Add(1)
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}

// isTaken reports whether the client has taken all that was written, or something since
// this was asked last.
func (c *pipeConn) isTaken() bool {
	taken := c.taken.Load()
	return c.seen.Swap(taken) != taken || !c.writing.Load()
}

func (c *pipeConn) isShut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shut
}

// unread returns how many bytes wait to be read; an error where the client has closed the
// connection.
func (c *pipeConn) unread() (bytes int, err error) {
	err = os.ErrClosed
	c.Control(func(pipe windows.Handle) {
		var available uint32
		if err = peekNamedPipe(pipe, &available); err == nil {
			bytes = int(available)
		}
	})
	return bytes, err
}

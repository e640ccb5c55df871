package control

import (
	"errors"
	"os"
	"sync"
	"time"
)

// readDeadline is the deadline for reading from a connection. Net/http sets some
// for each request, of which most never matter, since the whole request has come
// with its first byte. To set one costs as much as to look up a session, and wakes
// a thread where it is earlier than the one before. So it is only noted, and set
// before a read that would wait for too long.
type readDeadline struct {
	mu     sync.Mutex
	wanted time.Time // zero: none
	set    time.Time
}

// Read reads what a client sends.
func (one *conn) Read(p []byte) (int, error) {
	for {
		one.reading.prepare(one.Conn.SetReadDeadline)
		n, err := one.Conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || one.reading.passed() {
			return n, err
		}
	}
}

// SetReadDeadline is called by net/http and for bodies. One that has passed ends a
// read that is under way, as net/http ends its own; another is for the next read.
func (one *conn) SetReadDeadline(t time.Time) error {
	d := &one.reading
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if t.IsZero() || time.Until(t) > 0 {
		return nil
	}
	d.set = t
	return one.Conn.SetReadDeadline(t)
}

// prepare sets the deadline before a read, unless one is set that does no harm: an
// earlier one that has not passed only makes the read begin again.
func (d *readDeadline) prepare(set func(time.Time) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	late := !d.wanted.IsZero() && (d.set.IsZero() || d.set.After(d.wanted))
	if late || !d.set.IsZero() && time.Until(d.set) <= 0 {
		d.set = d.wanted
		_ = set(d.set) // where it fails, so does the read
	}
}

// passed reports whether it is the wanted deadline that has passed.
func (d *readDeadline) passed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.wanted.IsZero() && time.Until(d.wanted) <= 0
}

package control

import (
	"context"
	"net"
	"time"
)

// phase is what a connection is doing, as far as dropping it is concerned.
type phase int

const (
	arriving  phase = iota // a whole request is yet to come: it is new, or a body is on its way
	working                // a request is being worked on: not to be dropped
	answering              // the system does not take what is being written, since the client does not
	resting                // all requests were answered; clients have to expect its end (RFC 9112, section 9.5)
	dropped
)

// conn is one client's connection.
type conn struct {
	net.Conn
	all *conns

	// Only for who serves the connection.
	writeBy     time.Time // the deadline that is set for writing, if any
	writeFreely bool      // there should be none

	// Guarded by all.mu.
	phase phase
	since time.Time // of the phase, unless that is working
}

// enter notes what the connection does from now on. It returns false where the
// connection was dropped in the meantime.
func (one *conn) enter(next phase) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.phase != next { // else it has been in it all the time
		one.turn(next)
	}
	return one.phase != dropped
}

// turn goes over to another phase, from which a dropped connection does not return.
func (one *conn) turn(next phase) {
	c := one.all
	if one.phase == dropped {
		return
	}
	c.unlist(one)
	one.phase = next
	if next != working {
		one.since = time.Now()
		c.spare = append(c.spare, one)
	}
	if next == resting || c.closed {
		c.changed.Broadcast()
	}
}

// Write sends a part of an answer. What is between the start of a request and this
// is up to the daemon; only how long this takes is up to the client.
func (one *conn) Write(p []byte) (int, error) {
	one.liftWriteDeadline()
	if !one.swap(working, answering) { // net/http itself says something to a client without a request
		return one.Conn.Write(p)
	}
	n, err := one.Conn.Write(p)
	one.swap(answering, working)
	return n, err
}

// SetWriteDeadline is called for every answer, and after it by net/http to lift the
// deadline again. To set it costs as much as to look up a session, so it stays as it
// is where it is nearly the same, and is lifted only before a write that has none.
func (one *conn) SetWriteDeadline(t time.Time) error {
	one.writeFreely = t.IsZero()
	if later := t.Sub(one.writeBy); one.writeFreely || later >= 0 && later < time.Until(t)/8 {
		return nil
	}
	one.writeBy = t
	return one.Conn.SetWriteDeadline(t)
}

// liftWriteDeadline makes up for what SetWriteDeadline left.
func (one *conn) liftWriteDeadline() {
	if one.writeFreely && !one.writeBy.IsZero() {
		one.writeBy = time.Time{}
		_ = one.Conn.SetWriteDeadline(one.writeBy) // where it fails, so does the write
	}
}

// swap goes over to the second phase if the connection is in the first.
func (one *conn) swap(from, next phase) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.phase != from {
		return false
	}
	one.turn(next)
	return true
}

type connKey struct{}

// withConn lets the handlers of a connection's requests find it.
func withConn(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, nc)
}

// connOf returns the connection of a request.
func connOf(ctx context.Context) *conn {
	one, _ := ctx.Value(connKey{}).(*conn) // every request has one
	return one
}

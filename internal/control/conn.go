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
	if !one.swap(working, answering) { // net/http itself says something to a client without a request
		return one.Conn.Write(p)
	}
	n, err := one.Conn.Write(p)
	one.swap(answering, working)
	return n, err
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

package control

import (
	"container/list"
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// connState is what a connection is doing, as far as dropping it is concerned.
type connState int

const (
	receiving connState = iota // a whole request is yet to come: the connection is new, or a body is on its way
	working                    // a request is being worked on: not to be dropped
	sending                    // the system does not take what is being written, since the client does not
	idle                       // all requests were answered; clients have to expect its end (RFC 9112, section 9.5)
	dropped
)

// conn is one client's connection.
type conn struct {
	net.Conn
	all *conns

	// Guarded by all.mu.
	state   connState
	since   time.Time     // of the state, where that is receiving or sending
	element *list.Element // in the list of the state, where that has one
	// asked is true from the end of a request's header until it is answered.
	asked bool
}

// enter notes what the connection does from now on. It returns false where the
// connection was dropped in the meantime.
func (one *conn) enter(next connState) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state != next { // else it has been in it all the time
		one.setState(next)
	}
	return one.state != dropped
}

// setState goes over to another state, from which a dropped connection does not
// return.
func (one *conn) setState(next connState) {
	c := one.all
	if one.state == dropped {
		return
	}
	c.unlist(one)
	one.state, one.since = next, time.Now()
	c.enlist(one)
	if next == idle || c.closed {
		c.changed.Broadcast()
	}
}

// Read reads what the client sends. While a request is in hand, the end of that is
// not the end of the client: one that has only closed its side for writing still
// waits for its answer. To net/http, which reads ahead then, both are the same, and
// it would give the request up.
func (one *conn) Read(p []byte) (int, error) {
	n, err := one.Conn.Read(p)
	if n == 0 && errors.Is(err, io.EOF) && one.hasAsked() {
		if waited := awaitHangup(one.Conn); waited != nil {
			return 0, waited
		}
	}
	return n, err
}

func (one *conn) hasAsked() bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	return one.asked
}

// setAsked notes that a request has come, or that it was answered.
func (one *conn) setAsked(asked bool) {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	one.asked = asked
}

// Write sends a part of an answer. What is between the start of a request and this
// is up to the daemon; only how long this takes is up to the client.
func (one *conn) Write(p []byte) (int, error) {
	if !one.swap(working, sending) { // net/http itself says something to a client without a request
		return one.Conn.Write(p)
	}
	n, err := one.Conn.Write(p)
	one.swap(sending, working)
	return n, err
}

// swap goes over to the second state if the connection is in the first.
func (one *conn) swap(from, next connState) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state != from {
		return false
	}
	one.setState(next)
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

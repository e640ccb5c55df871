package socket

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

// Conn is one client's connection.
type Conn struct {
	net.Conn
	all *Conns

	// Guarded by all.mu.
	state   connState
	since   time.Time     // of the state, where that is receiving or sending
	element *list.Element // in the list of the state, where that has one
	// asked is true from the end of a request's header until it is answered.
	asked bool
}

// Peer returns who is at the other end of the connection.
func (one *Conn) Peer() Peer { return peerOf(one.Conn) }

// Receive notes that more of a request is on its way: the client is waited for. Where
// it has been dropped, nothing happens.
func (one *Conn) Receive() { one.enter(receiving) }

// Work notes that a request is whole and is being worked on, so that the connection is
// not dropped. It returns false where that has happened already.
func (one *Conn) Work() bool { return one.enter(working) }

// enter notes what the connection does from now on. It returns false where the
// connection was dropped in the meantime.
func (one *Conn) enter(next connState) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state != next { // else it has been in it all the time
		one.setState(next)
	}
	return one.state != dropped
}

// setState goes over to another state, from which a dropped connection does not
// return.
func (one *Conn) setState(next connState) {
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
func (one *Conn) Read(p []byte) (int, error) {
	n, err := one.Conn.Read(p)
	if n == 0 && errors.Is(err, io.EOF) && one.hasAsked() {
		if waited := awaitHangup(one.Conn); waited != nil {
			return 0, waited
		}
	}
	return n, err
}

func (one *Conn) hasAsked() bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	return one.asked
}

// setAsked notes that a request has come, or that it was answered.
func (one *Conn) setAsked(asked bool) {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	one.asked = asked
}

// Write sends a part of an answer. What is between the start of a request and this
// is up to the daemon; only how long this takes is up to the client.
func (one *Conn) Write(p []byte) (int, error) {
	if !one.swap(working, sending) { // net/http itself says something to a client without a request
		return one.Conn.Write(p)
	}
	n, err := one.Conn.Write(p)
	one.swap(sending, working)
	return n, err
}

// swap goes over to the second state if the connection is in the first.
func (one *Conn) swap(from, next connState) bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state != from {
		return false
	}
	one.setState(next)
	return true
}

type connKey struct{}

// WithConn lets the handlers of a connection's requests find it with [ConnOf]. It is a
// server's ConnContext.
func WithConn(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, nc)
}

// ConnOf returns the connection of a request, by its context.
func ConnOf(ctx context.Context) *Conn {
	one, _ := ctx.Value(connKey{}).(*Conn) // every request has one
	return one
}

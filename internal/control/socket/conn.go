package socket

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// connState is what a connection is doing, as far as evicting it is concerned.
type connState int

const (
	receiving connState = iota // a whole request is yet to come: the connection is new, or the request is on its way
	working                    // a request is being worked on: not to be evicted
	sending                    // the system does not take what is being written, since the client does not
	idle                       // all requests were answered; clients have to expect its end (RFC 9112, section 9.5)
	evicting                   // nothing more is received; it ends unless a whole request has been
	dropped
	connStates // how many there are
)

// Conn is one client's connection.
type Conn struct {
	net.Conn
	all *Conns

	// Guarded by all.mu.
	state      connState
	since      time.Time // of the state, where that is receiving or sending
	prev, next *Conn     // in the list of the state, where that has one
	// asked is true from the end of a request's header until it is answered.
	asked bool
	// body is true while the body of a request is waited for.
	body bool
	// shut is true once nothing more is received, to evict the connection.
	shut bool
}

// Receive notes that the body of a request is on its way: the client is waited for.
// Where the connection has been dropped, nothing happens.
func (one *Conn) Receive() {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.shut { // whatever there is of the body is here
		return
	}
	one.body = true
	if one.state != receiving { // else it has been waited for all the time
		one.setState(receiving)
	}
}

// Work notes that a request is whole and is being worked on, so that the connection is
// not dropped. It returns false where that has happened already.
func (one *Conn) Work() bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	one.body = false
	if one.state != working {
		one.setState(working)
	}
	return one.state != dropped
}

// setState goes over to another state, from which a dropped connection does not
// return.
func (one *Conn) setState(next connState) {
	if one.state == dropped {
		return
	}
	c, before := one.all, one.state
	if l := c.listOf(before); l != nil {
		l.remove(one)
	}
	c.count[before]--
	one.state = next
	c.count[next]++
	if l := c.listOf(next); l != nil {
		one.since = time.Now()
		l.append(one)
	}
	if next == idle || before == evicting || c.closed {
		c.changed.Broadcast()
	}
}

// Read reads what the client sends. While a request is in hand, the end of that is
// not the end of the client: one that has only closed its side for writing still
// waits for its answer. To net/http, which reads ahead then, both are the same, and
// it would give the request up.
func (one *Conn) Read(p []byte) (int, error) {
	n, err := one.Conn.Read(p)
	if n > 0 {
		one.received()
		return n, err
	}
	if errors.Is(err, io.EOF) && one.isClientAwaited() {
		if waited := awaitHangup(one.Conn, one.isEvicted); waited != nil {
			return 0, waited
		}
	}
	return n, err
}

// received notes that a client whose connection was idle, or was just going to be
// evicted, has begun to send a request.
func (one *Conn) received() {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state == idle || one.state == evicting && !one.shut {
		one.setState(receiving)
	}
}

// isClientAwaited is asked at the end of what is received. It reports whether the
// client has a request in hand and may wait for its answer. Where the connection is
// being evicted and no request has come, this is its end.
func (one *Conn) isClientAwaited() bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.shut && !one.asked {
		one.all.drop(one)
	}
	return one.asked && !one.isEvictedLocked()
}

// isEvicted reports whether the rest of a request's body will not be received any more.
func (one *Conn) isEvicted() bool {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	return one.isEvictedLocked()
}

func (one *Conn) isEvictedLocked() bool { return one.shut && one.body }

// beginRequest notes that the header of a request has come.
func (one *Conn) beginRequest() {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	one.asked = true
	if one.shut {
		one.setState(working)
	}
}

// endRequest notes that a request was answered.
func (one *Conn) endRequest() {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	one.asked = false
	if one.shut {
		one.setState(evicting)
		return
	}
	one.setState(idle)
}

// Write sends a part of an answer. What is between the start of a request and this
// is up to the daemon; only how long this takes is up to the client.
func (one *Conn) Write(p []byte) (int, error) {
	before := one.send()
	n, err := one.Conn.Write(p)
	one.swap(sending, before)
	return n, err
}

// send goes over to sending and returns the state before.
func (one *Conn) send() (before connState) {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	before = one.state
	one.setState(sending)
	return before
}

// swap goes over to the second state if the connection is in the first.
func (one *Conn) swap(from, next connState) {
	one.all.mu.Lock()
	defer one.all.mu.Unlock()
	if one.state == from {
		one.setState(next)
	}
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

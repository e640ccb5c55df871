package control

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// conns accepts connections, up to a cap. When the cap is reached, the
// connection that has been without a request in hand for longest makes room for
// a new client. Only where all have one, which passes by itself, do new clients
// wait in the listener's queue.
//
// What net/http calls an active connection is not enough to go by: a client that
// has sent one byte of a request counts as active there.
type conns struct {
	net.Listener
	max int

	mu      sync.Mutex
	changed sync.Cond
	open    int       // connections that hold a place
	serving int       // goroutines of net/http that have not ended, those of dropped connections too
	spare   list.List // *conn in the phases resting and answering, the one that has been so for longest first
	closed  bool
}

func newConns(ln net.Listener, limit int) *conns {
	c := &conns{Listener: ln, max: limit}
	c.changed.L = &c.mu
	return c
}

// phase is what a connection is doing, as far as dropping it is concerned.
type phase int

const (
	resting   phase = iota // no whole request was received
	working                // a request is being worked on: not to be dropped
	answering              // the answer is being written, to a client who may not read it
	dropped
)

// conn is one client's connection.
type conn struct {
	net.Conn
	all   *conns
	phase phase         // guarded by all.mu
	place *list.Element // in all.spare, or nil
}

// Accept returns the next connection, once there is room for it.
func (c *conns) Accept() (net.Conn, error) {
	accepted, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.open >= c.max && !c.closed && !c.dropOldest() {
		c.changed.Wait()
	}
	if c.closed {
		_ = accepted.Close() // nobody has asked anything on it
		return nil, net.ErrClosed
	}
	one := &conn{Conn: accepted, all: c}
	one.place = c.spare.PushBack(one)
	c.open++
	c.serving++
	return one, nil
}

// Close ends accepting and drops the connections without a request in hand.
func (c *conns) Close() error {
	err := c.Listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.changed.Broadcast()
	for place := c.spare.Front(); place != nil; {
		one := place.Value.(*conn)
		place = place.Next()
		if one.phase == resting {
			c.drop(one)
		}
	}
	return err
}

// wait returns when the goroutines of all connections have ended.
func (c *conns) wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.serving > 0 {
		c.changed.Wait()
	}
}

// follow is told by net/http how a connection fares.
func (c *conns) follow(nc net.Conn, state http.ConnState) {
	one := nc.(*conn)
	switch state {
	case http.StateIdle:
		one.enter(resting)
	case http.StateClosed:
		c.ended(one)
	}
}

func (c *conns) ended(one *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release(one)
	c.serving--
	c.changed.Broadcast()
}

// dropOldest makes room, if any connection may be dropped.
func (c *conns) dropOldest() bool {
	oldest := c.spare.Front()
	if oldest == nil {
		return false
	}
	c.drop(oldest.Value.(*conn))
	return true
}

func (c *conns) drop(one *conn) {
	c.release(one)
	_ = one.Close() // what it would tell concerns a client we give up
}

// release takes the place of a connection away.
func (c *conns) release(one *conn) {
	if one.phase == dropped {
		return
	}
	one.unlist()
	one.phase = dropped
	c.open--
}

// enter notes what the connection does from now on. It returns false where the
// connection was dropped in the meantime.
func (one *conn) enter(next phase) bool {
	c := one.all
	c.mu.Lock()
	defer c.mu.Unlock()
	if one.phase == dropped {
		return false
	}
	one.phase = next
	switch {
	case next == working:
		one.unlist()
	case one.place == nil:
		one.place = c.spare.PushBack(one)
		c.changed.Broadcast()
	}
	return true
}

func (one *conn) unlist() {
	if one.place != nil {
		one.all.spare.Remove(one.place)
		one.place = nil
	}
}

type connKey struct{}

// withConn lets the handlers of a connection's requests find it.
func withConn(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, nc)
}

// connOf returns the connection of a request.
func connOf(ctx context.Context) *conn { return ctx.Value(connKey{}).(*conn) }

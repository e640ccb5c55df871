package control

import (
	"context"
	"net"
	"net/http"
	"slices"
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
	open    int     // connections that hold a place
	serving int     // goroutines of net/http that have not ended, those of dropped connections too
	spare   []*conn // in the phases resting and answering, the one that has been so for longest first
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
	phase phase // guarded by all.mu
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
	c.spare = append(c.spare, one)
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
	for _, one := range slices.Clone(c.spare) {
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
	one, _ := nc.(*conn) // Accept returns no others
	switch state {
	case http.StateIdle:
		one.enter(resting)
	case http.StateClosed:
		c.ended(one)
	default: // the requests themselves tell of the other phases
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
	if len(c.spare) == 0 {
		return false
	}
	c.drop(c.spare[0])
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
	c.unlist(one)
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
	before := one.phase
	one.phase = next
	switch {
	case next == working:
		c.unlist(one)
	case before == working:
		c.spare = append(c.spare, one)
		c.changed.Broadcast()
	}
	return true
}

// unlist makes a connection one that is not to be dropped.
func (c *conns) unlist(one *conn) {
	c.spare = slices.DeleteFunc(c.spare, func(other *conn) bool { return other == one })
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

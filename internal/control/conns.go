package control

import (
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// conns accepts connections, up to a cap. When the cap is reached, a connection
// that is not in use makes room for a new client at once. One that is half-way
// through a request or an answer is waited for, but not for longer than hold: a
// client that hangs must not lock others out, and one that does not must lose
// nothing to them. Only where all have a request in hand, which passes by itself,
// do new clients wait in the listener's queue for longer.
//
// What net/http calls an active connection is not enough to go by: a client that
// has sent one byte of a request counts as active there.
type conns struct {
	net.Listener
	max  int
	hold time.Duration

	mu      sync.Mutex
	changed sync.Cond // a connection came to rest or ended, or the listener was closed
	open    int       // connections that hold a place
	serving int       // goroutines of net/http that have not ended, those of dropped connections too
	spare   []*conn   // in the phases that may be dropped, the one that has been in its phase for longest first
	closed  bool
}

func newConns(ln net.Listener, limit int, hold time.Duration) *conns {
	c := &conns{Listener: ln, max: limit, hold: hold}
	c.changed.L = &c.mu
	return c
}

// Accept returns the next connection, once there is room for it.
func (c *conns) Accept() (net.Conn, error) {
	accepted, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.open >= c.max && !c.closed && !c.dropOne() {
		c.awaitChange()
	}
	if c.open >= c.max {
		_ = accepted.Close() // at the end there is no time to wait for room
		return nil, net.ErrClosed
	}
	one := &conn{Conn: accepted, all: c, phase: arriving, since: time.Now()}
	c.spare = append(c.spare, one)
	c.open++
	c.serving++
	return one, nil
}

// dropOne makes room, if any connection may be dropped.
func (c *conns) dropOne() bool {
	if i := slices.IndexFunc(c.spare, func(one *conn) bool { return one.phase == resting }); i >= 0 {
		c.drop(c.spare[i])
		return true
	}
	for c.untilHeld() <= 0 {
		one := c.spare[0]
		if one.phase != arriving || !hasUnread(one.Conn) {
			c.drop(one)
			return true
		}
		// The client has done its part. It is we who are late, as after a stop or on
		// a machine with too much to do.
		one.turn(arriving)
	}
	return false
}

// untilHeld returns how long it takes until a connection will have been in its
// phase for as long as it may. One that enters it from now on has all of that time.
func (c *conns) untilHeld() time.Duration {
	if len(c.spare) == 0 {
		return c.hold
	}
	return c.hold - time.Since(c.spare[0].since)
}

// awaitChange waits until another connection may be dropped, or need not be.
func (c *conns) awaitChange() {
	held := time.AfterFunc(c.untilHeld(), func() {
		c.mu.Lock() // else it could be told before anybody waits
		defer c.mu.Unlock()
		c.changed.Broadcast()
	})
	defer held.Stop()
	c.changed.Wait()
}

// Close ends accepting and drops the connections that are at rest. A request may be
// on its way on the others: who was let in is not turned away for a restart. They
// are dropped when that has taken as long as it may.
func (c *conns) Close() error {
	err := c.Listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed { // net/http closes it, too
		return err
	}
	c.closed = true
	c.changed.Broadcast()
	c.dropAll(resting)
	time.AfterFunc(c.hold, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.dropAll(arriving)
		c.changed.Broadcast()
	})
	return err
}

// awaitArrivals returns when, after the end of accepting, no request is on its way
// any more.
func (c *conns) awaitArrivals() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for slices.ContainsFunc(c.spare, func(one *conn) bool { return one.phase == arriving }) {
		c.changed.Wait()
	}
}

func (c *conns) dropAll(in phase) {
	for _, one := range slices.Clone(c.spare) {
		if one.phase == in {
			c.drop(one)
		}
	}
}

// count returns how many connections hold a place.
func (c *conns) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
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

// unlist makes a connection one that is not to be dropped.
func (c *conns) unlist(one *conn) {
	if i := slices.Index(c.spare, one); i >= 0 {
		c.spare = slices.Delete(c.spare, i, i+1)
	}
}

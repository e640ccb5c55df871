package socket

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// maxConns is how many connections are open where nobody says and the system allows it.
const maxConns = 1536

// Conns accepts connections, up to a cap. When the cap is reached, an idle
// connection makes room for a new client at once. One that is half-way through a
// request or an answer is waited for, but not for longer than evictAfter: a client
// that hangs must not lock others out, and one that does not must lose nothing to
// them. Only where all have a request in hand, which passes by itself, do new
// clients wait for longer: one here, the others in the listener's queue.
//
// To evict a connection whose client sends nothing is to receive nothing more on it:
// what has been received by then is served like any request, and the goroutine that
// reads ends the connection when it finds nothing. Whatever is closed at once instead
// could have a request that came just before, or that was read and not yet looked at.
//
// What net/http calls an active connection is not enough to go by: a client that
// has sent one byte of a request counts as active there.
type Conns struct {
	net.Listener
	max        int
	evictAfter time.Duration
	late       func(net.Conn, connState) bool // isLate

	mu      sync.Mutex
	changed sync.Cond       // a connection became idle, was evicted or ended, or the listener was closed
	open    int             // connections that hold a place
	serving int             // goroutines of net/http that have not ended, those of dropped connections too
	count   [connStates]int // connections in each state
	// Each list has the connection that has been in its state for longest first.
	idle    connList // those that are idle
	waiting connList // those that are receiving or sending: we wait for the client
	closed  bool
}

// NewConns returns a listener that has so many connections open at most. While a new
// client waits, others have evictAfter to finish what they send, or to take what is sent.
func NewConns(ln net.Listener, limit int, evictAfter time.Duration) *Conns {
	c := &Conns{Listener: ln, max: limit, evictAfter: evictAfter, late: isLate}
	c.changed.L = &c.mu
	return c
}

// Accept returns the next connection, once there is room for it. A client that it was
// waiting for room for when the listener was closed is let in all the same.
func (c *Conns) Accept() (net.Conn, error) {
	accepted, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.open >= c.max && !c.closed {
		c.makeRoom()
	}
	one := &Conn{Conn: accepted, all: c, state: receiving, since: time.Now()}
	c.waiting.append(one)
	c.count[receiving]++
	c.open++
	c.serving++
	return one, nil
}

// makeRoom takes one step towards room for another connection. Each step looks at one
// connection, and for system calls it leaves c.mu.
func (c *Conns) makeRoom() {
	switch one := c.evictable(); {
	case one == nil:
		c.awaitChange()
	case one.state == sending:
		c.evictSending(one)
	default:
		c.evictReceiving(one)
	}
}

// evictable returns the connection that is to be evicted next, or nil while there is
// none, and while another one is being evicted.
func (c *Conns) evictable() *Conn {
	switch {
	case c.count[evicting] > 0:
		return nil
	case c.idle.first != nil:
		return c.idle.first
	case c.untilEvictable() <= 0:
		return c.waiting.first
	}
	return nil
}

// evictSending ends a connection whose client does not read, unless it turns out that
// the system would take more and it is we who are late, as after a stop or on a machine
// with too much to do.
func (c *Conns) evictSending(one *Conn) {
	since := one.since
	c.mu.Unlock()
	late := c.late(one.Conn, sending)
	c.mu.Lock()
	switch {
	case one.state != sending || one.since != since: // it goes on by itself
	case late:
		one.setState(sending)
	default:
		c.drop(one)
	}
}

// evictReceiving ends a connection that is idle or receiving, unless it turns out that
// its client has done its part and it is we who are late.
func (c *Conns) evictReceiving(one *Conn) {
	one.setState(evicting)
	c.mu.Unlock()
	late := c.late(one.Conn, receiving)
	c.mu.Lock()
	switch {
	case one.state != evicting: // it goes on by itself
	case late:
		one.setState(receiving)
	default:
		c.shut(one)
	}
}

// shut receives nothing more on a connection.
func (c *Conns) shut(one *Conn) {
	one.shut = true
	c.mu.Unlock()
	done := closeRead(one.Conn)
	c.mu.Lock()
	if done {
		return
	}
	one.shut = false
	if one.state == evicting {
		c.drop(one)
	}
}

// isLate reports whether the client of a connection has done its part: it has sent
// something that waits for us, or it reads what we send.
func isLate(nc net.Conn, state connState) bool {
	if state == sending {
		return isWritable(nc)
	}
	return hasUnread(nc)
}

// untilEvictable returns how long it takes until we will have waited for some
// client for as long as we do. One that we begin to wait for now has all of that
// time.
func (c *Conns) untilEvictable() time.Duration {
	oldest := c.waiting.first
	if oldest == nil {
		return c.evictAfter
	}
	return c.evictAfter - time.Since(oldest.since)
}

// awaitChange waits until another connection may be evicted, or need not be.
func (c *Conns) awaitChange() {
	if c.count[evicting] == 0 {
		evictable := time.AfterFunc(c.untilEvictable(), func() {
			c.mu.Lock() // else it could be told before anybody waits
			defer c.mu.Unlock()
			c.changed.Broadcast()
		})
		defer evictable.Stop()
	}
	c.changed.Wait()
}

// Close ends accepting and drops the idle connections. A request may be on its way
// on the others: who was let in is not turned away for a restart. They are dropped
// when that has taken as long as it may.
func (c *Conns) Close() error {
	err := c.Listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed { // net/http closes it, too
		return err
	}
	c.closed = true
	c.changed.Broadcast()
	for c.idle.first != nil {
		c.drop(c.idle.first)
	}
	time.AfterFunc(c.evictAfter, c.evictAll)
	return err
}

// evictAll ends the connections whose request is still on its way.
func (c *Conns) evictAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*Conn
	for one := c.waiting.first; one != nil; one = one.next {
		if one.state == receiving {
			all = append(all, one)
		}
	}
	for _, one := range all {
		if one.state == receiving {
			one.setState(evicting)
			c.shut(one)
		}
	}
}

// AwaitReceiving returns when, after the end of accepting, no request is on its way
// any more.
func (c *Conns) AwaitReceiving() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.count[receiving]+c.count[evicting] > 0 {
		c.changed.Wait()
	}
}

// Count returns how many connections hold a place.
func (c *Conns) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

// Wait returns when the goroutines of all connections have ended.
func (c *Conns) Wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.serving > 0 {
		c.changed.Wait()
	}
}

// TrackState is told by net/http how a connection fares: it is a server's ConnState.
func (c *Conns) TrackState(nc net.Conn, state http.ConnState) {
	one, _ := nc.(*Conn) // Accept returns no others
	switch state {
	case http.StateActive: // the header is there, and nothing is read ahead yet
		one.beginRequest()
	case http.StateIdle:
		one.endRequest()
	case http.StateClosed:
		c.ended(one)
	default: // the requests themselves tell of the other states
	}
}

func (c *Conns) ended(one *Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release(one)
	c.serving--
	c.changed.Broadcast()
}

// drop closes a connection at once.
func (c *Conns) drop(one *Conn) {
	c.release(one)
	_ = one.Close() // what it would tell concerns a client we give up
}

// release takes the place of a connection away.
func (c *Conns) release(one *Conn) {
	if one.state != dropped {
		one.setState(dropped)
		c.open--
		c.changed.Broadcast()
	}
}

// listOf returns the list of a state, or nil where it has none.
func (c *Conns) listOf(state connState) *connList {
	switch state {
	case idle:
		return &c.idle
	case receiving, sending:
		return &c.waiting
	default:
		return nil
	}
}

package socket

import (
	"container/list"
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
// clients wait in the listener's queue for longer.
//
// What net/http calls an active connection is not enough to go by: a client that
// has sent one byte of a request counts as active there.
type Conns struct {
	net.Listener
	max        int
	evictAfter time.Duration

	mu      sync.Mutex
	changed sync.Cond // a connection became idle or ended, or the listener was closed
	open    int       // connections that hold a place
	serving int       // goroutines of net/http that have not ended, those of dropped connections too
	// Each list has the connection that has been in its state for longest first.
	idle    list.List // of *Conn that are idle
	waiting list.List // of *Conn that are receiving or sending: we wait for the client
	closed  bool
}

// NewConns returns a listener that has so many connections open at most. While a new
// client waits, others have evictAfter to finish what they send, or to take what is sent.
func NewConns(ln net.Listener, limit int, evictAfter time.Duration) *Conns {
	c := &Conns{Listener: ln, max: limit, evictAfter: evictAfter}
	c.changed.L = &c.mu
	return c
}

// Accept returns the next connection, once there is room for it.
func (c *Conns) Accept() (net.Conn, error) {
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
	one := &Conn{Conn: accepted, all: c, state: receiving, since: time.Now()}
	c.enlist(one)
	c.open++
	c.serving++
	return one, nil
}

// dropOne makes room, if any connection may be dropped.
func (c *Conns) dropOne() bool {
	if oldest := first(&c.idle); oldest != nil {
		c.drop(oldest)
		return true
	}
	for c.untilEvictable() <= 0 {
		one := first(&c.waiting)
		if one.state != receiving || !hasUnread(one.Conn) {
			c.drop(one)
			return true
		}
		// The client has done its part. It is we who are late, as after a stop or on
		// a machine with too much to do.
		one.setState(receiving)
	}
	return false
}

// untilEvictable returns how long it takes until we will have waited for some
// client for as long as we do. One that we begin to wait for now has all of that
// time.
func (c *Conns) untilEvictable() time.Duration {
	oldest := first(&c.waiting)
	if oldest == nil {
		return c.evictAfter
	}
	return c.evictAfter - time.Since(oldest.since)
}

// awaitChange waits until another connection may be dropped, or need not be.
func (c *Conns) awaitChange() {
	evictable := time.AfterFunc(c.untilEvictable(), func() {
		c.mu.Lock() // else it could be told before anybody waits
		defer c.mu.Unlock()
		c.changed.Broadcast()
	})
	defer evictable.Stop()
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
	for one := first(&c.idle); one != nil; one = first(&c.idle) {
		c.drop(one)
	}
	time.AfterFunc(c.evictAfter, c.dropReceiving)
	return err
}

// dropReceiving drops the connections whose request is still on its way.
func (c *Conns) dropReceiving() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := c.firstReceiving(); one != nil; one = c.firstReceiving() {
		c.drop(one)
	}
	c.changed.Broadcast()
}

// AwaitReceiving returns when, after the end of accepting, no request is on its way
// any more.
func (c *Conns) AwaitReceiving() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.firstReceiving() != nil {
		c.changed.Wait()
	}
}

func (c *Conns) firstReceiving() *Conn {
	for e := c.waiting.Front(); e != nil; e = e.Next() {
		if one := connIn(e); one.state == receiving {
			return one
		}
	}
	return nil
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
		one.setAsked(true)
	case http.StateIdle:
		one.setAsked(false)
		one.enter(idle)
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

func (c *Conns) drop(one *Conn) {
	c.release(one)
	_ = one.Close() // what it would tell concerns a client we give up
}

// release takes the place of a connection away.
func (c *Conns) release(one *Conn) {
	if one.state == dropped {
		return
	}
	c.unlist(one)
	one.state = dropped
	c.open--
}

// enlist puts a connection at the end of the list of its state.
func (c *Conns) enlist(one *Conn) {
	if l := c.listOf(one.state); l != nil {
		one.element = l.PushBack(one)
	}
}

// unlist takes it out again.
func (c *Conns) unlist(one *Conn) {
	if l := c.listOf(one.state); l != nil {
		l.Remove(one.element)
	}
}

// listOf returns the list of a state, or nil where it has none.
func (c *Conns) listOf(state connState) *list.List {
	switch state {
	case idle:
		return &c.idle
	case receiving, sending:
		return &c.waiting
	default:
		return nil
	}
}

// first returns the first connection of a list, or nil.
func first(l *list.List) *Conn {
	if e := l.Front(); e != nil {
		return connIn(e)
	}
	return nil
}

func connIn(e *list.Element) *Conn {
	one, _ := e.Value.(*Conn) // the lists have no others
	return one
}

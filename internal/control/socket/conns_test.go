package socket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"
)

const ask = "GET / HTTP/1.1\r\nHost: sessiond\r\n\r\n"

// gate is a listener of few connections whose other end is the test's. What net/http
// does with a connection the test does by hand, as late as it likes.
type gate struct {
	t *testing.T
	*Conns
	all sync.WaitGroup // goroutines, which end when clients and listener are closed
}

// newGate returns one that waits for nobody.
func newGate(t *testing.T, limit int) *gate {
	t.Helper()
	g := &gate{t: t, Conns: NewConns(listenLocally(t), limit, time.Nanosecond)}
	t.Cleanup(func() {
		_ = g.Close()
		g.all.Wait()
	})
	return g
}

func (g *gate) dial(say string) net.Conn {
	g.t.Helper()
	conn, err := dialLocally(g.Addr())
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		g.t.Fatal(err)
	}
	send(g.t, conn, say)
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

func (g *gate) accept() *Conn {
	g.t.Helper()
	nc, err := g.Accept()
	if err != nil {
		g.t.Fatal(err)
	}
	return nc.(*Conn)
}

// admitOne begins to let a new client in, for which another has to go, and returns when
// it is decided which. The channel tells when the new client is in.
func (g *gate) admitOne() <-chan *Conn {
	g.t.Helper()
	g.dial(ask)
	admitted := make(chan *Conn, 1)
	g.all.Go(func() {
		nc, _ := g.Accept()
		one, _ := nc.(*Conn)
		admitted <- one
	})
	for {
		g.mu.Lock()
		decided := g.count[evicting]+g.count[dropped] > 0
		g.mu.Unlock()
		if decided {
			return admitted
		}
		runtime.Gosched()
	}
}

// serve reads a request as net/http does, and answers it.
func (g *gate) serve(one *Conn, in *bufio.Reader) {
	g.t.Helper()
	if _, err := http.ReadRequest(in); err != nil {
		g.t.Errorf("cannot read the request: %v", err)
	}
	g.TrackState(one, http.StateActive)
	if !one.Work() {
		g.t.Error("the connection was dropped with a request in hand")
	}
	if _, err := io.WriteString(one, "HTTP/1.1 204 No Content\r\n\r\n"); err != nil {
		g.t.Errorf("cannot answer: %v", err)
	}
	g.TrackState(one, http.StateIdle)
}

// mustBeAnswered reads an answer.
func mustBeAnswered(t *testing.T, conn net.Conn) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("the client with a request got %v, want its answer", err)
		return
	}
	_ = resp.Body.Close()
}

// goOn reads on as net/http does, which ends the connection where nothing comes.
func (g *gate) goOn(one *Conn, in *bufio.Reader) {
	g.t.Helper()
	if _, err := in.Peek(1); !errors.Is(err, io.EOF) {
		g.t.Errorf("reading on gives %v, want the end", err)
	}
	g.TrackState(one, http.StateClosed)
}

// A client whose request waits for us does not hang, however long we take.
func TestWhoHasAskedIsNotDropped(t *testing.T) {
	g := newGate(t, 2)
	g.dial("GET ")
	asked := g.accept()
	silent := g.dial("")
	reading := g.accept()
	g.all.Go(func() { _, _ = reading.Read(make([]byte, 1)) }) // as net/http does all the time
	g.dial("")
	g.accept() // there is room for one of the three no more
	if _, err := silent.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the silent client reads %v, want the end of its connection", err)
	}
	if asked.state == dropped {
		t.Error("the client that has asked was dropped")
	}
}

// A request may have been read, and no more than that.
func TestWhoseRequestWasReadIsNotDropped(t *testing.T) {
	for name, looked := range map[string]func(g *gate, one *Conn){
		"only read":       func(*gate, *Conn) {},
		"header known of": func(g *gate, one *Conn) { g.TrackState(one, http.StateActive) },
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, 2)
			client := g.dial(ask)
			one := g.accept()
			in := bufio.NewReader(one)
			if _, err := in.Peek(len(ask)); err != nil {
				t.Fatal(err)
			}
			looked(g, one)
			// Another one can go, if this one cannot.
			g.dial("")
			silent := g.accept()
			g.all.Go(func() { _, _ = silent.Read(make([]byte, 1)) })
			admitted := g.admitOne()
			g.serve(one, in)
			mustBeAnswered(t, client)
			ended := make(chan struct{})
			go func() { // whichever of the two has to go
				defer close(ended)
				g.goOn(one, in)
			}()
			if one := <-admitted; one == nil {
				t.Error("the new client was not let in")
			}
			_ = client.Close()
			<-ended
		})
	}
}

// What we have to send may be late because of us.
func TestWhoReadsIsNotDropped(t *testing.T) {
	g := newGate(t, 2)
	g.dial(ask)
	one := g.accept()
	one.Work()
	before := one.send() // and then we do not get on
	g.dial("")
	silent := g.accept()
	admitted := g.admitOne()
	g.goOn(silent, bufio.NewReader(silent))
	if one := <-admitted; one == nil {
		t.Error("the new client was not let in")
	}
	if one.swap(sending, before); one.state != working {
		t.Error("the client that reads was dropped")
	}
}

// A kept connection is idle until its next request is noticed.
func TestNextRequestIsNotDropped(t *testing.T) {
	g := newGate(t, 1)
	client := g.dial(ask)
	one := g.accept()
	in := bufio.NewReader(one)
	g.serve(one, in)
	mustBeAnswered(t, client)

	next := sync.OnceFunc(func() { send(t, client, ask) })
	g.late = func(nc net.Conn, state connState) bool { // it comes as soon as it was looked for
		if state == sending { // a pipe takes an answer only while it is read
			return true
		}
		was := isLate(nc, state)
		next()
		return was
	}
	admitted := g.admitOne()
	g.serve(one, in)
	mustBeAnswered(t, client)
	g.goOn(one, in)
	if one := <-admitted; one == nil {
		t.Error("the new client was not let in")
	}
}

// What has to be asked of the system about many connections is asked of one after the
// other: in between, they go on.
func TestConnectionsAreNotSearchedUnderTheLock(t *testing.T) {
	const many = 100
	g := newGate(t, many)
	for range many {
		g.dial("GET ")
		g.accept()
	}
	asked, all := 0, make(chan struct{})
	g.late = func(net.Conn, connState) bool {
		if asked++; asked == many {
			close(all)
		}
		if !g.mu.TryLock() {
			t.Error("asked under the lock")
			return asked < many
		}
		g.mu.Unlock()
		return asked < many
	}
	g.dial(ask)
	g.all.Go(func() { _, _ = g.Accept() }) // until the end of the test: nobody reads
	<-all
}

// While one client's connection ends, no other's does.
func TestOneNewClientEvictsOneOther(t *testing.T) {
	g := newGate(t, 3)
	for range 3 {
		g.dial("")
		g.accept()
	}
	first := g.waiting.first
	admitted := g.admitOne()
	g.goOn(first, bufio.NewReader(first)) // only now it is known that nothing has come
	if one := <-admitted; one == nil {
		t.Error("the new client was not let in")
	}
	if evicted := g.count[evicting] + g.count[dropped]; evicted != 1 {
		t.Errorf("%d connections were evicted, want 1", evicted)
	}
}

// A client for which there was no room yet is not turned away at the end.
func TestWhoWaitsForRoomIsLetInAtTheEnd(t *testing.T) {
	g := newGate(t, 1)
	g.dial(ask)
	one := g.accept()
	one.Work()
	g.dial(ask)
	admitted := make(chan net.Conn, 1)
	began := make(chan struct{})
	g.Listener = noticed{g.Listener, began}
	g.all.Go(func() {
		nc, _ := g.Accept()
		admitted <- nc
	})
	<-began
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if nc := <-admitted; nc == nil {
		t.Error("the client was turned away")
	}
}

// noticed is a listener that tells when a connection was accepted.
type noticed struct {
	net.Listener
	accepted chan struct{}
}

func (n noticed) Accept() (net.Conn, error) {
	nc, err := n.Listener.Accept()
	close(n.accepted)
	return nc, err
}

//go:build soak && unix

package soak

import (
	"net"
	"sync"
	"testing"

	"sessiond/e2e/harness"
)

// link stands between a daemon and a server, and may be cut or silent.
type link struct {
	net.Listener
	to string

	gate  sync.RWMutex // held while nothing passes
	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]struct{}
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	harness.Must(t, err)
	l := &link{Listener: ln, to: to, conns: make(map[net.Conn]struct{})}
	t.Cleanup(func() {
		ln.Close()
		l.setCut(true)
	})
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			go l.copy(far, near)
			go l.copy(near, far)
		}
	}()
	return l
}

func (l *link) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	if !l.add(from) {
		return
	}
	defer l.remove(from)
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		l.gate.RLock()
		_, failed := to.Write(buffer[:n])
		l.gate.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

func (l *link) add(conn net.Conn) (ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[conn] = struct{}{}
	return !l.cut
}

func (l *link) remove(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, conn)
}

// setCut cuts the link, or repairs it. What was connected is not any more.
func (l *link) setCut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	if cut {
		for conn := range l.conns {
			conn.Close()
		}
	}
}

// url returns where a daemon connects to the server by way of the link.
func (l *link) url() string { return "nats://" + l.Addr().String() }

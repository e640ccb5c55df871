package socket

import (
	"context"
	"net"
	"testing"

	"github.com/Microsoft/go-winio"

	"sessiond/internal/control/socket/sockettest"
)

// backlog is a listener whose clients need not wait to be accepted, as those of a Unix
// socket: a pipe has none that wait.
type backlog struct {
	net.Listener
	accepted chan net.Conn
}

func (b backlog) Accept() (net.Conn, error) {
	conn, open := <-b.accepted
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// listenLocally returns a listener as the daemon has one, but for the backlog.
func listenLocally(t *testing.T) net.Listener {
	t.Helper()
	ln, err := Listen(Config{Path: sockettest.Path(t)})
	if err != nil {
		t.Fatal(err)
	}
	sockettest.PassInert(t, ln.Addr().String())
	b := backlog{ln, make(chan net.Conn, 200)}
	go func() {
		defer close(b.accepted)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			b.accepted <- conn
		}
	}()
	return b
}

func dialLocally(to net.Addr) (net.Conn, error) {
	return winio.DialPipeAccessImpLevel(context.Background(), to.String(), clientRights, winio.PipeImpLevelIdentification)
}

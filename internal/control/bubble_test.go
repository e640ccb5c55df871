package control_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/zap"

	"sessiond/internal/control"
	"sessiond/internal/store"
)

// bubble runs a test against a server whose time is that of a bubble. Nothing is
// buffered between the two: what a client does not read is not sent.
func bubble(t *testing.T, cfg control.Config, test func(t *testing.T, w *bubbled)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &bubbled{
			t:      t,
			daemon: &daemon{ready: make(chan struct{})},
			store:  store.New(start()),
			pipes:  pipes{dialed: make(chan net.Conn), closed: make(chan struct{})},
		}
		close(w.daemon.ready)
		cfg.Refresher, cfg.Store, cfg.Log, cfg.Level = w.daemon, w.store, zap.NewNop(), anAdmin
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		w.admin, w.stop = &administrator{}, cancel
		cfg.Administrator = w.admin
		go func() { ended <- control.New(cfg).Serve(ctx, &w.pipes) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Serve = %v", err)
			}
		})
		test(t, w)
	})
}

// bubbled is a server in a bubble, with what is around it.
type bubbled struct {
	t      *testing.T
	daemon *daemon
	admin  *administrator
	stop   context.CancelFunc
	store  *store.Store
	pipes  pipes
}

// dial opens a connection. It returns before the server has accepted it.
func (w *bubbled) dial() net.Conn {
	here, there := net.Pipe()
	w.t.Cleanup(func() { _ = here.Close() })
	go func() {
		select {
		case w.pipes.dialed <- there:
		case <-w.pipes.closed:
			_ = there.Close()
		}
	}()
	synctest.Wait() // those that wait for the server to accept them do so in this order
	return here
}

// begin sends the beginning of a request, or a whole one, on a new connection.
func (w *bubbled) begin(text string) net.Conn {
	conn := w.dial()
	w.send(conn, text)
	return conn
}

// send sends as much of a text as the server takes.
func (w *bubbled) send(conn net.Conn, text string) {
	go func() { _, _ = conn.Write([]byte(text)) }()
	synctest.Wait()
}

// pipes is a listener for connections within the process.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialed:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Net: "unix"} }

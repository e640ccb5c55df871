//go:build unix

package control_test

import (
	"context"
	"net"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/control/socket/sockettest"
	"sessiond/internal/store"
)

// TestAnyListener serves a socket that this process did not make, as socket
// activation hands one over.
func TestAnyListener(t *testing.T) {
	made, err := net.ListenUnix("unix", &net.UnixAddr{Name: sockettest.Path(t), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	file, err := made.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ln, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	close(ready)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	s := control.New(control.Config{Refresher: &daemon{ready: ready}, Store: store.New(start()), Log: zap.NewNop(), Administrator: &administrator{}})
	go func() { ended <- s.Serve(ctx, ln) }()

	c := client.New(made.Addr().String())
	defer c.Close()
	if _, err := c.Sessions(t.Context(), client.Query{}); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
	// The socket is the service manager's: it stays.
	conn, err := net.Dial("unix", made.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

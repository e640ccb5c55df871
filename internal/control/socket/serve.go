package socket

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// Serve has a server answer the clients of a listener, until ctx ends; then it closes the
// listener, gives running requests the grace and returns nil once all goroutines of
// connections have ended. It returns an error when the listener fails. The server's
// ConnState must be that of clients, and it must have an ErrorLog.
func Serve(ctx context.Context, srv *http.Server, clients *Conns, grace Grace) error {
	accepting := make(chan error, 1)
	go func() { accepting <- srv.Serve(clients) }()
	var failed error
	select {
	case <-ctx.Done():
		closeListener(srv, clients)
		<-accepting //nolint:errcheck // it was closed; whoever was let in is one of those that are waited for
	case err := <-accepting:
		failed = fmt.Errorf("cannot go on accepting connections: %w", err)
		closeListener(srv, clients)
	}
	end(srv, clients, grace)
	return failed
}

// closeListener lets nobody in any more.
func closeListener(srv *http.Server, clients *Conns) {
	if err := clients.Close(); err != nil {
		srv.ErrorLog.Printf("cannot close the socket %q: %v", clients.Addr(), err)
	}
}

// end lets go of all clients.
func end(srv *http.Server, clients *Conns, grace Grace) {
	// Shutdown leaves requests unanswered that it finds being read.
	srv.SetKeepAlivesEnabled(false)
	clients.AwaitReceiving()
	ctx, cancel := context.WithCancel(context.Background())
	var patience sync.WaitGroup
	patience.Go(func() {
		defer cancel()
		grace.wait(ctx)
	})
	if err := srv.Shutdown(ctx); err != nil {
		_ = srv.Close() // the listener is closed, and that is all it could tell of
	}
	cancel()
	patience.Wait()
	clients.Wait()
}

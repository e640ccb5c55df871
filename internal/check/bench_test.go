package check

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"sessiond/internal/check/seen"
	"sessiond/internal/session"
)

// BenchmarkCheck asks over 16 connections that are kept alive: what a check costs, beside a
// handler that does nothing but write the same answer.
func BenchmarkCheck(b *testing.B) {
	w := newWorld(typical(session.StatusAccepted))
	w.Server.seen = seen.New().Note
	for name, handler := range map[string]http.Handler{"check": nil, "bare": http.HandlerFunc(bare)} {
		b.Run(name, func(b *testing.B) {
			ln, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			if handler == nil {
				go func() { ended <- w.Serve(ctx, ln) }()
			} else {
				srv := &http.Server{Handler: handler}
				go func() { <-ctx.Done(); _ = srv.Close() }()
				go func() { ended <- srv.Serve(ln) }()
			}
			defer func() {
				cancel()
				<-ended
			}()
			const connections = 16
			var asking sync.WaitGroup
			request := fmt.Appendf(nil, "GET /v1/check HTTP/1.1\r\nHost: sessiond\r\nAuthorization: Bearer %s\r\n\r\n", published)
			b.ResetTimer()
			for range connections {
				conn, err := net.Dial("unix", ln.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				asking.Go(func() {
					defer conn.Close()
					in := bufio.NewReader(conn)
					for range b.N / connections {
						_, _ = conn.Write(request)
						for line := []byte("..."); len(line) > 2; {
							line, _ = in.ReadSlice('\n')
						}
					}
				})
			}
			asking.Wait()
		})
	}
}

func bare(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	for _, name := range []string{"App", "Application", "Team", "Email", "Device", "Status"} {
		header.Set("X-Sessiond-"+name, "0123456789abcdef0123456789abcdef")
	}
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
}

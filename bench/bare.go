//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// runBare is the peer of the socket: net/http over a Unix socket with one handler
// that writes the bytes it was given, with the headers of sessiond, or, with checkMode, the
// headers of a token that is accepted. It runs until its standard input ends: first comes
// the body, after a line with its length.
func runBare(args []string) int {
	var length int
	if len(args) == 0 {
		return 2
	}
	checks := slices.Contains(args[1:], checkMode)
	if _, err := fmt.Fscanln(os.Stdin, &length); err != nil {
		return 1
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(os.Stdin, body); err != nil {
		return 1
	}
	listener, err := net.Listen("unix", args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		if checks {
			for _, name := range []string{"App", "Application", "Team", "Email", "Device", "Status"} {
				header.Set("X-Sessiond-"+name, "0123456789abcdef0123456789abcdef")
			}
			header.Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusOK)
			return
		}
		header.Set("Content-Type", "application/json")
		header.Set("Content-Length", strconv.Itoa(len(body)))
		header.Set("Cache-Control", "no-store")
		_, _ = w.Write(body) // who is gone need not be told
	})}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	fmt.Fprintln(os.Stdout, "ready")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return 1
	}
	return 0
}

// bare is the bare handler, in a process of its own as the daemon is.
type bare struct {
	*background
	socket string
	stdin  io.Closer
}

// checkMode has the bare handler answer as to a check.
const checkMode = "check"

func (l *lab) startBare(ctx context.Context, body []byte, mode ...string) (*bare, error) {
	b := &bare{socket: filepath.Join(l.temp, "bare")}
	if err := os.RemoveAll(b.socket); err != nil {
		return nil, fmt.Errorf("cannot remove an old socket: %w", err)
	}
	cmd := command(ctx, l.self, append([]string{"bare", b.socket}, mode...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	b.stdin = stdin
	if b.background, err = startPrepared(cmd); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(stdin, "%d\n%s", len(body), body); err != nil {
		b.end()
		return nil, fmt.Errorf("cannot tell the bare handler what to write: %w", err)
	}
	if _, err := b.next(); err != nil {
		b.end()
		return nil, err
	}
	return b, nil
}

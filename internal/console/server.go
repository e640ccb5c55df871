package console

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Config is what a [Server] is made of.
type Config struct {
	// Daemon takes the calls of the page; a [*sessiond/internal/client.Client] does.
	Daemon http.RoundTripper
	Assets fs.FS
	// Idle is how long nobody makes a call before the console ends; 0 for ever.
	Idle time.Duration
	Log  *zap.Logger
}

// ErrIdle is how [Server.Serve] ends where nobody has used the console.
var ErrIdle = errors.New("nobody has used the console")

// grace is for calls to be answered when the console ends.
const grace = time.Second

// Server serves the page, to whoever asks, and the daemon's routes, to whoever knows the
// key of this run.
type Server struct {
	key         string
	assets      map[string]*asset
	proxy       *httputil.ReverseProxy
	crossOrigin http.CrossOriginProtection // of no exceptions
	log         *zap.Logger

	ending context.Context //nolint:containedctx // ends with the console, when streams do
	end    context.CancelCauseFunc
	idle   time.Duration
	timer  *time.Timer // ends the console where nobody uses it
	once   sync.Once
	opened chan struct{} // closed by the first call
}

// New returns a server with a key of its own.
func New(cfg Config) (*Server, error) {
	assets, err := readAssets(cfg.Assets)
	if err != nil {
		return nil, err
	}
	s := &Server{
		key: rand.Text(), assets: assets, proxy: newProxy(cfg.Daemon), log: cfg.Log, idle: cfg.Idle, opened: make(chan struct{}),
	}
	s.ending, s.end = context.WithCancelCause(context.Background())
	s.proxy.ErrorLog, err = zap.NewStdLogAt(s.log, zap.DebugLevel) // of streams that broke off
	return s, err
}

// Address returns the address of the page, with the key.
func (s *Server) Address(ln net.Listener) string {
	return "http://" + ln.Addr().String() + "/#key=" + s.key
}

// Opened is closed once the page has made a call: it knows the key.
func (s *Server) Opened() <-chan struct{} { return s.opened }

// Serve answers a browser until ctx ends, and then returns nil, or until nobody has used
// the console for too long, which is [ErrIdle]. It closes the listener, which must be on
// loopback.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	defer ln.Close()
	if address, ok := ln.Addr().(*net.TCPAddr); !ok || !address.IP.IsLoopback() {
		return fmt.Errorf("cannot serve the console on %v: other machines could reach it", ln.Addr())
	}
	errorLog, err := zap.NewStdLogAt(s.log, zap.WarnLevel)
	if err != nil {
		return fmt.Errorf("cannot serve the console: %w", err)
	}
	defer context.AfterFunc(ctx, func() { s.end(nil) })()
	if s.idle > 0 {
		s.timer = time.AfterFunc(s.idle, func() { s.end(ErrIdle) })
		defer s.timer.Stop()
	}
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          errorLog,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		s.end(err)
		return fmt.Errorf("cannot serve the console: %w", err)
	case <-s.ending.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if srv.Shutdown(limited) != nil {
		_ = srv.Close() // those that took too long
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve the console: %w", err)
	}
	if cause := context.Cause(s.ending); errors.Is(cause, ErrIdle) {
		return cause
	}
	return nil
}

// used notes that somebody makes a call, or has got its answer.
func (s *Server) used() {
	s.once.Do(func() { close(s.opened) })
	if s.timer != nil {
		s.timer.Reset(s.idle)
	}
}

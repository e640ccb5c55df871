package console_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/console"
)

// The console ends when nobody has made a call for its time, and each call puts that off.
// What has no key is no call.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle = time.Minute
		p := newPiped(t, idle, func(*http.Request) (*http.Response, error) { return nil, errors.New("no daemon") })
		began := time.Now()
		for n, key := range []string{p.key, p.key, "another", ""} {
			time.AfterFunc(time.Duration(n+1)*idle*2/3, func() {
				if resp, err := p.client.Do(p.call("/v1/status", key)); err == nil {
					resp.Body.Close()
				}
			})
		}
		if err := p.server.Serve(t.Context(), p); !errors.Is(err, console.ErrIdle) {
			t.Errorf("Serve returned %v, want ErrIdle", err)
		}
		if took, want := time.Since(began), 2*idle*2/3+idle; took != want {
			t.Errorf("it ended after %v, want %v", took, want)
		}
	})
}

// At the end, a stream ends at once, and the answer to a call is waited for.
func TestEnd(t *testing.T) {
	const answered = 300 * time.Millisecond
	for path, want := range map[string]time.Duration{"/v1/events": 0, "/v1/refresh": answered} {
		synctest.Test(t, func(t *testing.T) {
			p := newPiped(t, 0, func(r *http.Request) (*http.Response, error) {
				select {
				case <-r.Context().Done():
					return nil, r.Context().Err()
				case <-time.After(answered):
					return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
				}
			})
			ctx, end := context.WithCancel(t.Context())
			called := make(chan error, 1)
			go func() {
				resp, err := p.client.Do(p.call(path, p.key))
				if err == nil {
					resp.Body.Close()
				}
				called <- err
			}()
			served := make(chan error, 1)
			go func() { served <- p.server.Serve(ctx, p) }()
			synctest.Wait()
			began := time.Now()
			end()
			err := <-called
			if took := time.Since(began); took != want || (err == nil) != (want > 0) {
				t.Errorf("%s: it ended after %v with %v, want %v", path, took, err, want)
			}
			if err := <-served; err != nil {
				t.Errorf("Serve returned %v", err)
			}
		})
	}
}

// piped is a console that is reached without the system's network, for a time that is not
// the system's. It is the listener.
type piped struct {
	server *console.Server
	client *http.Client
	key    string
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newPiped(t *testing.T, idle time.Duration, daemon roundTripper) *piped {
	t.Helper()
	p := &piped{conns: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	var err error
	p.server, err = console.New(console.Config{Daemon: daemon, Assets: console.Assets(), Idle: idle, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	_, p.key, _ = strings.Cut(p.server.Address(p), "#key=")
	p.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: p.dial}}
	return p
}

// call returns a call as the page makes it.
func (p *piped) call(path, key string) *http.Request {
	r, err := http.NewRequest(http.MethodGet, "http://localhost"+path, http.NoBody)
	if err != nil {
		panic(err)
	}
	r.Header.Set(console.KeyHeader, key)
	return r
}

func (p *piped) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, io.EOF
	}
}

// Accept is part of net.Listener, as are Close and Addr.
func (p *piped) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *piped) Close() error { p.close(); return nil }

func (p *piped) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Only loopback is served.
func TestNotLoopback(t *testing.T) {
	server, err := console.New(console.Config{Assets: console.Assets(), Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "0.0.0.0:0") // closed at once
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "other machines") {
		t.Errorf("Serve returned %v", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
}

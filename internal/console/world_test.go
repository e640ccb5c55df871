package console_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/client"
	"sessiond/internal/console"
)

// world is a console on loopback before a daemon that is played.
type world struct {
	t      testing.TB
	server *console.Server
	base   string // http://127.0.0.1:PORT
	key    string
	served chan error // how Serve ended
	asked  chan ask   // what the daemon was asked
	stop   func()     // ends the daemon
	end    context.CancelFunc
}

// ask is a request as the daemon got it.
type ask struct {
	method, uri, host, body string
	header                  http.Header
}

// newWorld starts a console before a daemon that answers with handle.
func newWorld(t testing.TB, handle http.HandlerFunc, set ...func(*console.Config)) *world {
	t.Helper()
	w := &world{t: t, served: make(chan error, 1), asked: make(chan ask, 100)}
	socket := w.playDaemon(handle)
	daemon := client.New(socket)
	t.Cleanup(daemon.Close)
	cfg := console.Config{Daemon: daemon, Assets: console.Assets(), Log: zap.NewNop()}
	for _, change := range set {
		change(&cfg)
	}
	var err error
	if w.server, err = console.New(cfg); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var found bool
	if w.base, w.key, found = strings.Cut(w.server.Address(ln), "/#key="); !found {
		t.Fatalf("the address is %q", w.server.Address(ln))
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.end = cancel
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.served <- w.server.Serve(ctx, ln)
	}()
	t.Cleanup(func() { cancel(); <-ended; http.DefaultClient.CloseIdleConnections() })
	return w
}

// playDaemon listens on a socket as the daemon does.
func (w *world) playDaemon(handle http.HandlerFunc) (socket string) {
	folder, err := os.MkdirTemp("", "sd")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { os.RemoveAll(folder) })
	socket = filepath.Join(folder, "s")
	ln, err := net.Listen("unix", socket)
	if err != nil {
		w.t.Fatal(err)
	}
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.asked <- ask{r.Method, r.RequestURI, r.Host, string(body), r.Header}
		handle(rw, r)
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = srv.Serve(ln) }()
	w.stop = func() { srv.Close(); <-ended }
	w.t.Cleanup(w.stop)
	return socket
}

// request returns a call as the page makes it.
func (w *world) request(method, path, body string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set(console.KeyHeader, w.key)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// do makes a call and reads the answer.
func (w *world) do(r *http.Request) (resp *http.Response, body string) {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp, string(text)
}

// nothingAsked fails where the daemon was asked something.
func (w *world) nothingAsked(what string) {
	w.t.Helper()
	select {
	case got := <-w.asked:
		w.t.Errorf("%s: the daemon was asked %s %s", what, got.method, got.uri)
	default:
	}
}

// say answers with a text as JSON.
func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, text)
	}
}

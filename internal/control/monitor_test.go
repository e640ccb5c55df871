package control_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/control"
	"sessiond/internal/control/socket"
	"sessiond/internal/store"
)

// someMetrics stands in for the daemon's.
func someMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	_, _ = io.WriteString(w, "sessiond_ready 1\n")
}

func TestMetricsOverTheSocket(t *testing.T) {
	w := newWorld(t)
	got := w.get("/metrics").mustBe(t, "text/plain; version=0.0.4")
	if string(got.body) != "sessiond_ready 1\n" {
		t.Errorf("/metrics is %q", got.body)
	}
}

// monitored serves what watches over a daemon, over TCP.
func monitored(t *testing.T) (address string) {
	t.Helper()
	ln, err := socket.ListenLoopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	loaded := &daemon{ready: make(chan struct{})}
	close(loaded.ready)
	server := control.NewMonitor(control.Config{
		Refresher: loaded, Store: store.New(start()), Log: zap.NewNop(),
		Metrics: http.HandlerFunc(someMetrics), MaxConns: control.MaxMonitorConns,
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return ln.Addr().String()
}

// ask returns the status of an answer over TCP, on a connection of its own.
func ask(t *testing.T, method, address, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	client := http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// Over TCP, where everybody on the machine can connect, there is nothing that
// tells of a session or makes the daemon act.
func TestMonitorHasNoOtherRoutes(t *testing.T) {
	address := monitored(t)
	for path, want := range map[string]int{
		"/metrics": 200, "/healthz": 200, "/readyz": 200,
		"/v1/status": 404, "/v1/apps": 404, "/v1/sessions": 404, "/v1/sessions/a.b/c": 404, "/v1/events": 404, "/v1/schema": 404, "/": 404,
		"/metrics?name=x": 400,
	} {
		if got := ask(t, http.MethodGet, address, path); got != want {
			t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
	for _, path := range []string{"/v1/refresh", "/v1/open", "/v1/sessions/a.b/c/open"} {
		if got := ask(t, http.MethodPost, address, path); got != http.StatusNotFound {
			t.Errorf("POST %s: %d, want 404", path, got)
		}
	}
	if got := ask(t, http.MethodPost, address, "/metrics"); got != http.StatusMethodNotAllowed {
		t.Errorf("POST /metrics: %d, want 405", got)
	}
}

// Nor has it anything for pages of other sites, as little as the socket has.
func TestMonitorRefusesOtherSites(t *testing.T) {
	address := monitored(t)
	for header, want := range map[string]int{"": 200, "http://" + "127.0.0.1:1": 403, "http://example.com": 403, "http://" + address: 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Close = true
		if header != "" {
			req.Header.Set("Origin", header)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("with the origin %q: %d, want %d", header, resp.StatusCode, want)
		}
	}
}

// Who connects and asks nothing, or half of something, locks nobody out.
func TestMonitorIsNotBlocked(t *testing.T) {
	address := monitored(t)
	for i := range 3 * control.MaxMonitorConns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if i%2 == 0 {
			_, _ = io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost:")
		}
	}
	if got := ask(t, http.MethodGet, address, "/metrics"); got != http.StatusOK {
		t.Errorf("GET /metrics: %d", got)
	}
}

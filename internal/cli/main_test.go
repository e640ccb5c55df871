package cli

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sessiond/internal/config"
	"sessiond/internal/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started is when the daemon of the tests was started: in the morning.
func started() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

// today is when the tests look: at six in the evening.
func today() time.Time { return time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC) }

const contact = "UTT7VDX8W5.com.contactApp.Contact"

var (
	anna = session.Key{App: contact, ID: "7023d9205074199d1c16fc00d24354e778137675"}
	bob  = session.Key{App: "com.example.noteam", ID: "0123456789abcdef0123456789abcdef01234567"}
)

// result is what one command line came to.
type result struct {
	status   int
	out, err string
}

// command runs a command line as the program does, with nothing but a socket in
// its environment, and the clock of the tests.
func command(t *testing.T, socket string, args ...string) result {
	t.Helper()
	return commandUntil(t.Context(), t, socket, args...)
}

// commandUntil is command, and interrupts it when ctx ends.
func commandUntil(ctx context.Context, t *testing.T, socket string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	a := newTestApp(t, socket)
	a.Out, a.Err = &out, &errOut
	status := a.main(ctx, args)
	return result{status: status, out: out.String(), err: errOut.String()}
}

func newTestApp(t *testing.T, socket string) *app {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"SESSIOND_CONFIG=" + settings}
	if socket != "" {
		environ = append(environ, "SESSIOND_SOCKET="+socket)
	}
	return &app{
		Process: Process{Environ: environ, Version: "1.2.3"},
		config:  config.New(),
		now:     today,
		zone:    time.UTC,
	}
}

// want fails the test unless a command line came to this.
func (r result) want(t *testing.T, status int, out, err string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d; standard error: %s", r.status, status, r.err)
	}
	if r.out != out {
		t.Errorf("standard output:\n%s\nwant:\n%s", r.out, out)
	}
	if r.err != err {
		t.Errorf("standard error:\n%s\nwant:\n%s", r.err, err)
	}
}

// socketPath returns where a test's daemon may listen; the path is short enough
// for every platform.
func socketPath(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "cli")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return filepath.Join(folder, "d.sock")
}

// routes are the answers of a daemon, by method and pattern.
type routes map[string]http.HandlerFunc

// serve runs a daemon that gives canned answers, and returns its socket.
func serve(t *testing.T, answers routes) (socket string) {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, answer := range answers {
		mux.HandleFunc(pattern, answer)
	}
	socket = socketPath(t)
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(ln) // always an error, once it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return socket
}

// says is a canned answer of JSON.
func says(status int, text string) http.HandlerFunc {
	kind := "application/json"
	if status >= http.StatusBadRequest {
		kind = "application/problem+json"
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// text joins lines, each with its newline.
func text(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

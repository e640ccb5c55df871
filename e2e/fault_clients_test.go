//go:build unix

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// besieged is a daemon whose clients misbehave.
type besieged struct {
	*daemon
	root, app string
	edits     int
}

func besiege(t *testing.T, args ...string) *besieged {
	t.Helper()
	b := &besieged{root: t.TempDir(), app: "com.example.a"}
	fill(t, b.root, b.app, 2)
	b.daemon = launch(t, b.root, append(args, "--resync", "0")...)
	return b
}

// dial makes a connection that nobody ends but the daemon or the test's end.
func (b *besieged) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("unix", b.socket)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// serves insists that clients who behave are served as ever: each of them comes
// anew, and edits are seen.
func (b *besieged) serves(t *testing.T) {
	t.Helper()
	for range 3 {
		b.edits++
		email := fmt.Sprintf("edit%d@example.com", b.edits)
		save(t, b.root, keyFor(b.app, 0), email)
		fresh := b.anotherClient()
		if report := fresh.refresh(t); report.Checked != 2 {
			t.Errorf("refresh: %+v", report)
		}
		fresh.has(t, keyFor(b.app, 0), email)
		if _, err := fresh.status(); err != nil {
			t.Error(err)
		}
		fresh.Close()
	}
}

// TestHangingClients has a thousand connections: without a request, with half of
// one, and with one whose header, or body, comes byte by byte.
func TestHangingClients(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	const header = "POST /v1/refresh HTTP/1.1\r\nHost: sessiond\r\nContent-Length: 1000\r\n\r\n"
	var slow, slowBody []net.Conn
	for n := range 1000 {
		conn := b.dial(t)
		switch n % 4 {
		case 0:
			_, _ = io.WriteString(conn, header[:30])
		case 1:
			slow = append(slow, conn)
		case 2:
			_, _ = io.WriteString(conn, header)
			slowBody = append(slowBody, conn)
		}
	}
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		request := header + string(make([]byte, 1000))
		for i := range len(request) {
			for _, conn := range slow {
				_, _ = io.WriteString(conn, request[i:i+1]) // it may be cut off
			}
			for _, conn := range slowBody {
				_, _ = conn.Write([]byte{0})
			}
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	b.serves(t)
	close(stop)
	sending.Wait()
	b.serves(t)
}

// TestGarbage sends what is no HTTP, and bodies that do not end.
func TestGarbage(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	garbage := make([]byte, 2<<20)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(garbage)
	for name, sent := range map[string][]byte{
		"noise":         garbage,
		"one line":      bytes.Repeat([]byte("x"), 2<<20),
		"a long header": append([]byte("GET /v1/status HTTP/1.1\r\nX: "), bytes.Repeat([]byte("x"), 2<<20)...),
		"many headers":  append([]byte("GET /v1/status HTTP/1.1\r\n"), bytes.Repeat([]byte("X: y\r\n"), 300_000)...),
		"a long body":   append([]byte("POST /v1/refresh HTTP/1.1\r\nHost: s\r\nContent-Length: 2097152\r\n\r\n"), garbage...),
	} {
		t.Run(name, func(t *testing.T) {
			conn := b.dial(t)
			_, _ = conn.Write(sent) // it may be cut off
			mustBeCutOff(t, conn)
		})
	}
	t.Run("a body without end", func(t *testing.T) {
		conn := b.dial(t)
		_, err := io.WriteString(conn, "POST /v1/refresh HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n")
		must(t, err)
		chunk := fmt.Appendf(nil, "1000\r\n%s\r\n", bytes.Repeat([]byte("x"), 0x1000))
		if !eventually(func() bool { _, err := conn.Write(chunk); return err != nil }) {
			t.Error("the daemon goes on reading")
		}
	})
	b.serves(t)
}

// mustBeCutOff reads to the end of a connection, which the daemon must bring about.
func mustBeCutOff(t *testing.T, conn net.Conn) {
	t.Helper()
	must(t, conn.SetReadDeadline(time.Now().Add(patience)))
	text, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the daemon keeps the connection; it answered %.200q", text)
	}
	if bytes.HasPrefix(text, []byte("HTTP/1.1 200")) {
		t.Errorf("the daemon answered %.200q", text)
	}
}

//go:build unix

package fault

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

	"sessiond/e2e/harness"
)

// besieged is a daemon whose clients misbehave.
type besieged struct {
	*harness.Daemon
	root, app string
	edits     int
}

func besiege(t *testing.T, args ...string) *besieged {
	t.Helper()
	b := &besieged{root: t.TempDir(), app: "com.example.a"}
	harness.Fill(t, b.root, b.app, 2)
	b.Daemon = harness.Launch(t, b.root, append(args, "--resync", "0")...)
	return b
}

// dial makes a connection that nobody ends but the daemon or the test's end.
func (b *besieged) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("unix", b.Socket)
	harness.Must(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// serves insists that clients who behave are served as ever: each of them comes
// again, and edits are seen.
func (b *besieged) serves(t *testing.T) {
	t.Helper()
	for range 3 {
		b.edits++
		email := fmt.Sprintf("edit%d@example.com", b.edits)
		harness.Save(t, b.root, harness.NthKey(b.app, 0), email)
		fresh := b.AnotherClient()
		if report := fresh.FullPass(t); report.Checked != 2 {
			t.Errorf("refresh: %+v", report)
		}
		fresh.Has(t, harness.NthKey(b.app, 0), email)
		if _, err := fresh.Now(); err != nil {
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
		harness.Must(t, err)
		chunk := fmt.Appendf(nil, "1000\r\n%s\r\n", bytes.Repeat([]byte("x"), 0x1000))
		if !harness.Eventually(func() bool { _, err := conn.Write(chunk); return err != nil }) {
			t.Error("the daemon goes on reading")
		}
	})
	b.serves(t)
}

// mustBeCutOff reads to the end of a connection, which the daemon must bring about.
func mustBeCutOff(t *testing.T, conn net.Conn) {
	t.Helper()
	harness.Must(t, conn.SetReadDeadline(time.Now().Add(harness.Patience)))
	text, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the daemon keeps the connection; it answered %.200q", text)
	}
	if bytes.HasPrefix(text, []byte("HTTP/1.1 200")) {
		t.Errorf("the daemon answered %.200q", text)
	}
}

//go:build linux

package daemon

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sessiond/internal/passes/passestest"
)

// manager is a service manager that wants to be told. It returns the next thing
// that it hears, the first line of it.
func manager(t *testing.T) (told func() string) {
	t.Helper()
	path := filepath.Join(shortDir(t), "n")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		if err := conn.SetReadDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		message := make([]byte, 256)
		n, err := conn.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(message[:n]), "\n")
		return first
	}
}

// The service manager is told that a reload has ended once no SIGHUP waits any
// more.
func TestReloadEndsWithTheLastHangup(t *testing.T) {
	told := manager(t)
	next := func() string {
		for {
			if text := told(); !strings.HasPrefix(text, "STATUS=") {
				return text
			}
		}
	}
	r := start(t, nil, nil)
	if got := next(); got != "READY=1" {
		t.Fatalf("after the first load the manager was told %q", got)
	}
	arrived, release := r.tree.Hold()
	r.beginReload()
	<-arrived
	r.beginReload() // during the pass of the first
	release()
	for i, want := range []string{"RELOADING=1", "RELOADING=1", "READY=1"} {
		if got := next(); got != want {
			t.Errorf("message %d is %q, want %q", i, got, want)
		}
	}
	passestest.Until(t, "at rest", func() bool { return !r.status().Busy })
	r.stop()
	if got := next(); got != "STOPPING=1" {
		t.Errorf("the last word is %q: a second READY=1 came in between", got)
	}
}

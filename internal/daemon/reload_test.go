//go:build linux

package daemon

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// The service manager is told that a reload has ended once no SIGHUP waits any
// more.
func TestReloadEndsWithTheLastHangup(t *testing.T) {
	path := filepath.Join(shortDir(t), "n")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { manager.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	told := func() string {
		message := make([]byte, 256)
		n, err := manager.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(message[:n]), "\n")
		return first
	}
	r := start(t, nil, nil)
	if got := told(); got != "READY=1" {
		t.Fatalf("after the first load the manager was told %q", got)
	}
	arrived, release := r.tree.hold()
	r.beginReload()
	<-arrived
	r.beginReload() // during the pass of the first
	release()
	for i, want := range []string{"RELOADING=1", "RELOADING=1", "READY=1"} {
		if got := told(); got != want {
			t.Errorf("message %d is %q, want %q", i, got, want)
		}
	}
	until(t, "at rest", func() bool { return !r.Status().Busy })
	r.stop()
	if got := told(); got != "STOPPING=1" {
		t.Errorf("the last word is %q: a second READY=1 came in between", got)
	}
}

//go:build unix

package socket

import (
	"net"
	"path/filepath"
	"testing"
)

// listenLocally returns a listener as the daemon has one.
func listenLocally(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func dialLocally(to net.Addr) (net.Conn, error) { return net.Dial("unix", to.String()) }

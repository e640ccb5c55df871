package socket_test

import (
	"strings"
	"testing"

	"sessiond/internal/control/socket"
)

func TestListenLoopback(t *testing.T) {
	taken, err := socket.ListenLoopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, reason := range map[string]string{
		taken.Addr().String(): "bind: ", // and why, in the system's words
		"0.0.0.0:0":           "other machines can reach it",
		"[::]:0":              "other machines can reach it",
	} {
		ln, err := socket.ListenLoopback(address)
		if err == nil {
			ln.Close()
			t.Errorf("listens on %s", address)
			continue
		}
		if !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v; want the reason %q", address, err, reason)
		}
	}
}

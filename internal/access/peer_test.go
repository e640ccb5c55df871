package access_test

import (
	"net"
	"testing"

	"sessiond/internal/access"
)

// accepted returns what a listener accepts, with this process at the other end.
func accepted(t *testing.T, network, address string) net.Conn {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	client, err := net.Dial(network, ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestPeerOfTCPIsUnknown(t *testing.T) {
	got := access.PeerOf(accepted(t, "tcp", "127.0.0.1:0"))
	if got.Known || got.User() != "" {
		t.Errorf("the peer is %+v", got)
	}
}

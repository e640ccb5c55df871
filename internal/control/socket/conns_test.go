//go:build unix

package socket

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// A client whose request waits for us does not hang, however long we take.
func TestWhoHasAskedIsNotDropped(t *testing.T) {
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	all := NewConns(ln, 2, time.Nanosecond)
	defer all.Close()
	dial := func(say string) net.Conn {
		conn, err := net.Dial("unix", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, say); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	accept := func() *Conn {
		nc, err := all.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return nc.(*Conn)
	}
	dial("GET ")
	asked := accept()
	silent := dial("")
	accept()
	dial("")
	accept() // there is room for one of the three no more
	if err := silent.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := silent.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the silent client reads %v, want the end of its connection", err)
	}
	if asked.state == dropped {
		t.Error("the client that has asked was dropped")
	}
}

package socket

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// backlog is a listener whose clients need not wait to be accepted, as those of a Unix
// socket: a pipe has none that wait.
type backlog struct {
	net.Listener
	accepted chan net.Conn
}

func (b backlog) Accept() (net.Conn, error) {
	conn, open := <-b.accepted
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// listenLocally returns a listener as the daemon has one, but for the backlog.
func listenLocally(t *testing.T) net.Listener {
	t.Helper()
	ln, err := Listen(Config{Path: pipeOf(t)})
	if err != nil {
		t.Fatal(err)
	}
	passInert(t, ln)
	b := backlog{ln, make(chan net.Conn, 200)}
	go func() {
		defer close(b.accepted)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			b.accepted <- conn
		}
	}()
	return b
}

// pipeOf returns the path of a pipe that nobody else has.
func pipeOf(t *testing.T) string {
	name := strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())
	return fmt.Sprintf(`\\.\pipe\sessiond-%s-%d`, name, os.Getpid())
}

// passInert has the first client of a pipe be another than the test's. go-winio makes a
// first instance that nobody serves: Windows lets no client connect to it, wine does.
func passInert(t *testing.T, ln net.Listener) {
	t.Helper()
	path, err := windows.UTF16PtrFromString(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if first, err := windows.CreateFile(path, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0); err == nil {
		t.Cleanup(func() { _ = windows.CloseHandle(first) })
	}
}

func dialLocally(to net.Addr) (net.Conn, error) {
	return winio.DialPipeAccessImpLevel(context.Background(), to.String(), clientRights, winio.PipeImpLevelIdentification)
}

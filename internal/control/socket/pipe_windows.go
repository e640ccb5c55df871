package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"sessiond/internal/access"
)

// pipeBuffer is how many bytes either side of a connection may have sent and the other not
// yet read.
const pipeBuffer = 64 << 10

// pipeListener is a [Listener] on a named pipe. Its name is gone with the last handle of
// it, whatever happens to the process: nothing can be left behind, or be removed by others.
type pipeListener struct{ net.Listener }

// listenPipe makes a pipe. Other machines cannot connect: go-winio always has
// PIPE_REJECT_REMOTE_CLIENTS.
func listenPipe(s Config) (Listener, error) {
	if name := s.Path[len(`\\.\pipe\`):]; name == "" || strings.ContainsAny(name, `\/`) {
		return nil, fmt.Errorf(`%w: the name of a pipe is one word, as in \\.\pipe\sessiond`, ErrPath)
	}
	own, err := access.OwnSID()
	if err != nil {
		return nil, fmt.Errorf("cannot tell who runs this: %w", err)
	}
	group, err := access.GroupSID(s.Group)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGroup, err)
	}
	ln, err := winio.ListenPipe(s.Path, &winio.PipeConfig{
		SecurityDescriptor: pipeDescriptor(own, group),
		InputBufferSize:    pipeBuffer,
		OutputBufferSize:   pipeBuffer,
	})
	// The system refuses a second first instance in either of these words.
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_ALREADY_EXISTS) || errors.Is(err, windows.ERROR_PIPE_BUSY) {
		return nil, heldBy(serverOf(s.Path))
	}
	if err != nil {
		return nil, err
	}
	return pipeListener{ln}, nil
}

// serverOf returns the process id of whoever made a pipe, or 0 where it does not tell us.
func serverOf(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	conn, err := winio.DialPipeAccessImpLevel(ctx, path, clientRights, winio.PipeImpLevelIdentification)
	if err != nil {
		return 0
	}
	defer conn.Close()
	var pid uint32
	if pipe, ok := conn.(handled); !ok || windows.GetNamedPipeServerProcessId(windows.Handle(pipe.Fd()), &pid) != nil {
		return 0
	}
	return int(pid)
}

// Accept implements net.Listener.
func (l pipeListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newPipeConn(conn), nil
}

// Restore implements [Listener]: nobody can remove a pipe.
func (pipeListener) Restore() (made bool, err error) { return false, nil }

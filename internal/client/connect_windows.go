package client

import (
	"context"
	"net"

	"github.com/Microsoft/go-winio"

	"sessiond/internal/socketpath"
)

// pipeRights are FILE_GENERIC_READ and FILE_WRITE_DATA: all that the daemon gives to the
// group of its pipe. GENERIC_WRITE would be more.
const pipeRights = 0x120089 | 0x2

// connect connects to a named pipe or to a Unix socket. Who serves the pipe is told who
// asks, and cannot act for us: anybody may have made a pipe of this name before the daemon.
func connect(ctx context.Context, socket string) (net.Conn, error) {
	if socketpath.IsPipe(socket) {
		return winio.DialPipeAccessImpLevel(ctx, socket, pipeRights, winio.PipeImpLevelIdentification)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", socket)
}

//go:build unix

package client

import (
	"context"
	"net"
)

func connect(ctx context.Context, socket string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", socket)
}

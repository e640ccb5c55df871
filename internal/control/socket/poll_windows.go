package socket

import "net"

// awaitHangup does not wait: Windows does not tell a client that has closed its side
// for writing from one that is gone.
func awaitHangup(net.Conn) error { return nil }

// hasUnread cannot tell here.
func hasUnread(net.Conn) bool { return false }

// hasWaiting cannot tell here.
func hasWaiting(*net.UnixListener) bool { return false }

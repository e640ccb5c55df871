package socket

import "net"

// awaitHangup does not wait: Windows does not tell a client that has closed its side
// for writing from one that is gone.
func awaitHangup(net.Conn, func() bool) error { return nil }

// hasUnread cannot tell here.
func hasUnread(net.Conn) bool { return false }

// hasWaiting cannot tell here.
func hasWaiting(*net.UnixListener) bool { return false }

// closeRead cannot wake up who reads here.
func closeRead(net.Conn) bool { return false }

// isWritable cannot tell here.
func isWritable(net.Conn) bool { return false }

package control

import "net"

// hasUnread cannot tell here.
func hasUnread(net.Conn) bool { return false }

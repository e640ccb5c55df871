// Package systemd holds sessiond's units. Each is one canonical text: packages
// ship them as they are, and sessiond service install writes service and socket
// for the binary and the settings at hand.
//
// Packages also ship sessiond-check.socket, which nobody needs who has no gateway.
//
// The templates, sessiond@.service and others, are the same units for
// several roots: the instance NAME has its settings in /etc/sessiond/NAME.yaml and
// its socket in /run/sessiond-NAME.
package systemd

import _ "embed"

//go:embed sessiond.service
var service string

//go:embed sessiond.socket
var socket string

// Service returns the text of sessiond.service, as packages install it: for
// /usr/bin/sessiond with its settings in /etc/sessiond/config.yaml.
func Service() string { return service }

// Socket returns the text of sessiond.socket, as packages install it: for
// /run/sessiond/sessiond.sock, for the group sessiond.
func Socket() string { return socket }

// SocketPath is where the units have the socket.
const SocketPath = "/run/sessiond/sessiond.sock"

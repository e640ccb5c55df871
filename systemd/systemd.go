// Package systemd holds sessiond's units. Each is one canonical text: the
// package ships it as it is, and sessiond service install writes it for the
// binary and the settings at hand.
package systemd

import _ "embed"

//go:embed sessiond.service
var service string

// Service returns the text of sessiond.service, as packages install it: for
// /usr/bin/sessiond with its settings in /etc/sessiond/config.yaml.
func Service() string { return service }

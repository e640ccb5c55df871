// Package control is the daemon's end of the control socket: it owns the socket,
// serves the routes of the interface (docs/openapi.yaml) and asks the daemon,
// through [Refresher], for what only a pass can do.
//
// Nothing a client does holds up a pass or locks other clients out: readers look
// at a snapshot of the store, connections are capped and those without a request
// in hand are dropped first, and every read and write has a deadline.
package control

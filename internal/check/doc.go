// Package check answers a gateway's question whether the bearer token of an app's request
// is that of a session: the route /v1/check, on a socket of its own (docs/GATEWAYS.md).
//
// Every answer is one that all gateways understand: 200, 401, 403 and 503, never another.
// An app that gets 401 forgets its token, so that is said only of a token that is none,
// and of a session of which there is no file, or a wrong one. Whatever keeps the check
// from being sure of that is 503.
package check

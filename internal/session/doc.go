// Package session holds what the packages of sessiond share: the key of
// a session, the session itself, what can be wrong with its file, what a pass
// changed and how a pass is reported. It does no input or output and decides
// nothing.
//
// The JSON names of these types are a contract with scripts; they are part of
// the refresh contract's report and of the HTTP interface (docs/openapi.yaml).
package session

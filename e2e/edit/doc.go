// Package edit holds the editor of session files against other programs that write the same
// files, and against a crash at each of its system calls. It needs nothing but Go; what
// needs root is in package faultroot.
//
// -edit.for says how long the stress test goes on.
package edit

// Package motion holds the built binary against what the refresh contract promises of
// files in motion and of files at rest. It needs nothing but Go.
package motion

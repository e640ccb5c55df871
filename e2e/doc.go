// Package e2e tests the built binary from outside: real files, signals and
// sockets, one script a feature in testdata/script (README.md there says what the
// scripts' own commands do), and in Go the law of the refresh contract's section 6
// and its promises about files in motion.
//
// The tests need no root, no network and nothing installed but Go.
package e2e

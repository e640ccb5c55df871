// Package e2e tests the built binary from outside: real files, signals and
// sockets, one script a feature in testdata/script (README.md there says what the
// scripts' own commands do), and in Go the law of the refresh contract's section 6
// and its promises about files in motion.
//
// These tests need no root, no network and nothing installed but Go. Those with
// the build tag root need root: they mount, use up watches and take permissions
// away. The one with the build tag soak does everything at once (make soak). The one
// with the build tag editors saves with the programs that people use, which must be
// there. Those with the build tag systemd boot a Debian in a container and run the
// service under its systemd: they need root, systemd-nspawn, debootstrap and, the
// first time, a network. Those with the build tag prometheus need prometheus and
// promtool.
package e2e

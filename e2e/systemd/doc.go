// Package systemd boots a Debian in a container and runs the service under its systemd.
// Its tests have the build tag systemd. They need root, systemd-nspawn, debootstrap and, the
// first time, a network.
package systemd

// Package soak does everything at once against a model, with the build tag soak: make soak.
// As root, it mounts and unmounts, too.
package soak

//go:build soak && unix && !linux

package soak

import "testing"

// rerunWithMounts does nothing: views of mounts of one's own are Linux's.
func rerunWithMounts(*testing.T) (done bool) { return false }

func mountDisk(string) (disk string, err error) { return "", nil }

func unmountAll(string) {}

func mountScenes() []scene { return nil }

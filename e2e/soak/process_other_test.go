//go:build soak && unix && !linux

package soak

import (
	"errors"
	"time"
)

// footprint is what a process takes of the machine. It is measured under Linux
// only.
type footprint struct {
	RSS         int64
	Descriptors map[string]int
	Watches     int
	CPU         time.Duration
}

func footprintOf(int, string) (*footprint, error) { return nil, errors.ErrUnsupported }

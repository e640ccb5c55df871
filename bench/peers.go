//go:build linux

package main

import "context"

func (l *lab) peers(context.Context, int) error { return nil }

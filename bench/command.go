//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// command prepares a program that ends at the latest when ctx does.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...) //nolint:gosec // the programs are those that this one names
}

// output runs a program and returns what it prints. Its complaint
// becomes the error.
func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := command(ctx, name, args...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("cannot run %s: %w: %s", name, err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}

// timed runs a program whose output nobody reads and returns how long it took,
// from before it is started until it has ended.
func timed(ctx context.Context, name string, args ...string) (time.Duration, error) {
	cmd := command(ctx, name, args...)
	// It has no standard output: that goes to /dev/null.
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("cannot run %s: %w", name, err)
	}
	return took, nil
}

// installed reports whether there is such a program.
func installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

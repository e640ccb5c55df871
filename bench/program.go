//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // the floor program comes with this one
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
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

//go:embed floor/floor.c
var floorC string

func floorSource() []byte { return []byte(floorC) }

// floorPass has the floor program look at the tree, or read it, once. The time is
// the program's own, without that of starting it.
func (l *lab) floorPass(ctx context.Context, what string, t *tree) (time.Duration, error) {
	out, err := output(ctx, l.floor, what, t.root, "2")
	if err != nil {
		return 0, err
	}
	var files, bytes, nanoseconds int64
	if _, err := fmt.Sscan(out, &files, &bytes, &nanoseconds); err != nil {
		return 0, fmt.Errorf("cannot read what the floor program says: %w", err)
	}
	if files != int64(t.files) {
		return 0, fmt.Errorf("the floor program found %d files, want %d", files, t.files)
	}
	return time.Duration(nanoseconds), nil
}

// background is a program that runs until it is ended.
type background struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// startBackground starts a program whose lines can be read.
func startBackground(ctx context.Context, name string, args ...string) (*background, error) {
	return startPrepared(command(ctx, name, args...))
}

// startPrepared is startBackground for a command that was prepared.
func startPrepared(cmd *exec.Cmd) (*background, error) {
	name := filepath.Base(cmd.Path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot listen to %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}
	return &background{cmd: cmd, lines: bufio.NewScanner(out)}, nil
}

// next returns the next line that the program prints.
func (b *background) next() (string, error) {
	if !b.lines.Scan() {
		return "", errors.Join(b.lines.Err(), fmt.Errorf("%s has ended: %w", filepath.Base(b.cmd.Path), io.ErrUnexpectedEOF))
	}
	return strings.TrimSpace(b.lines.Text()), nil
}

// end ends the program.
func (b *background) end() {
	_ = b.cmd.Process.Kill() // it may have ended
	_ = b.cmd.Wait()         // it was killed
}

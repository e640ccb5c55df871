//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	logRate = 100_000 // bytes of the log that are read in a second
	// rejectedEdits is how many edits are made while the log waits to be read.
	rejectedEdits = 5
)

// manyRejected measures how long an edit takes to be visible after many invalid
// files have appeared, while who reads the log is slow, and how large the status
// is then.
func (l *lab) manyRejected(ctx context.Context, files int) error {
	n := files / 2
	trees, err := l.twins(ctx, layout{shape: l.shape, files: min(files, 5*folderSize), perFolder: folderSize})
	if err != nil {
		return err
	}
	slowest := l.report.percentile(100, thousands(n)+" files rejected, log read at 100 kB/s: edit to visible, slowest", "s", "≤ 0.5")
	size := l.report.line("  status", "kB", "≤ 200")
	for i, t := range trees {
		took, status, err := l.rejected(ctx, i, t, n)
		if err != nil {
			return err
		}
		for _, ms := range took {
			slowest.add(i, ms/1000)
		}
		size.add(i, float64(status)/1000)
	}
	return nil
}

// rejected returns how many milliseconds edits took, and the bytes of the status.
func (l *lab) rejected(ctx context.Context, binary int, t *tree, n int) (took []float64, status int, err error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, 0, fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer in.Close() // the daemon's writes fail then, and do not keep it from ending
	cmd := command(ctx, l.binaries[binary], "run", "--root", t.root)
	cmd.Stderr = out
	d, err := l.startAs(ctx, cmd)
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, 0, err
	}
	defer func() {
		_ = in.Close()
		d.end()
	}()
	go readSlowly(ctx, in)
	e, err := l.newEditor(d, t)
	if err != nil {
		return nil, 0, err
	}
	defer e.close()

	folder := filepath.Join(t.root, t.owner(0).folder())
	invalid := func(i int) string { return filepath.Join(folder, fmt.Sprintf("invalid%05d", i)) }
	defer func() {
		for i := range n {
			_ = os.Remove(invalid(i)) // where it was made
		}
	}()
	for i := range n {
		if err := os.WriteFile(invalid(i), []byte("{}"), 0o600); err != nil {
			return nil, 0, fmt.Errorf("cannot write a file: %w", err)
		}
	}
	if err := wait(ctx, time.Second); err != nil { // until the daemon is sure of them
		return nil, 0, err
	}
	if took, err = e.several(ctx, rejectedEdits, quiet, e.anyFile, rename); err != nil {
		return nil, 0, err
	}
	w, err := dialWire(d.socket)
	if err != nil {
		return nil, 0, err
	}
	defer w.close()
	body, err := w.do(request("GET", "/v1/status"))
	return took, len(body), err
}

// readSlowly reads a log at [logRate] until it ends.
func readSlowly(ctx context.Context, log io.Reader) {
	const each = 50 * time.Millisecond
	for {
		if _, err := io.CopyN(io.Discard, log, int64(logRate*each/time.Second)); err != nil {
			return
		}
		if wait(ctx, each) != nil {
			return
		}
	}
}

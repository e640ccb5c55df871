//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// besideWatchman compares how long an edit takes to be visible with how long a
// subscription of watchman's takes to tell of it, in another tree of the same
// size, so that neither sees the other's edits.
func (l *lab) besideWatchman(ctx context.Context, t *tree) error {
	y := t.layout
	y.twin++
	other, err := l.tree(ctx, y)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server, told, err := l.subscribe(ctx, other.root)
	if err != nil {
		return err
	}
	defer server.end()

	d, err := l.start(ctx, 0, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	ours, err := l.newEditor(d, t)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs := l.newBlindEditor(other)
	go func() {
		defer close(theirs.ended)
		for {
			line, err := told.ReadString('\n')
			if err != nil {
				return
			}
			now := time.Now()
			var said struct {
				Files []string `json:"files"`
			}
			if json.Unmarshal([]byte(line), &said) == nil {
				for _, name := range said.Files {
					theirs.heard(name, now)
				}
			}
		}
	}()
	medians := l.report.line("edit to visible, renamed into place / watchman, p50", "×", "")
	late := l.report.line("  the same, slowest of a round", "×", "")
	for range l.rounds {
		our, err := ours.several(ctx, l.edits, quiet, ours.anyFile, rename)
		if err != nil {
			return err
		}
		their, err := theirs.several(ctx, l.edits, quiet, theirs.anyFile, rename)
		if err != nil {
			return err
		}
		medians.add(0, percentile(our, 50)/percentile(their, 50))
		late.add(0, percentile(our, 100)/percentile(their, 100))
	}
	return nil
}

// subscribe starts a watchman of our own and subscribes to what changes, in its
// own language: a line of JSON each way.
func (l *lab) subscribe(ctx context.Context, root string) (server *background, told *bufio.Reader, err error) {
	socket := filepath.Join(l.temp, "watchman")
	server, err = startBackground(ctx, "watchman", "--foreground", "--sockname="+socket, "--no-save-state",
		"--logfile="+socket+".log", "--pidfile="+socket+".pid")
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			server.end()
		}
	}()
	var conn net.Conn
	for limit := time.Now().Add(time.Minute); conn == nil; {
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return nil, nil, err
		}
		conn, err = net.Dial("unix", socket) //nolint:forbidigo // it is not sessiond's
		if err != nil && time.Now().After(limit) {
			return nil, nil, fmt.Errorf("cannot connect: %w", err)
		}
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	told = bufio.NewReaderSize(conn, 1<<20)
	for _, ask := range []struct{ command, answer string }{
		{fmt.Sprintf(`["watch", %q]`, root), `"watch"`},
		{fmt.Sprintf(`["subscribe", %q, "bench", {"fields": ["name"], "empty_on_fresh_instance": true}]`, root), `"subscribe"`},
	} {
		if _, err := fmt.Fprintln(conn, ask.command); err != nil {
			return nil, nil, fmt.Errorf("cannot ask watchman: %w", err)
		}
		for line := ""; !strings.Contains(line, ask.answer); {
			if line, err = told.ReadString('\n'); err != nil {
				return nil, nil, fmt.Errorf("cannot hear from watchman: %w", err)
			}
			if strings.Contains(line, `"error"`) {
				return nil, nil, fmt.Errorf("%w: %s", errAnswer, line)
			}
		}
	}
	return server, told, nil
}

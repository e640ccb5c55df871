//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// besideWatchman compares how long an edit takes to be visible with how long a
// subscription of watchman's takes to tell of it, in another tree of the same
// size, so that neither sees the other's edits.
func (l *lab) besideWatchman(ctx context.Context, t *tree) error {
	other, err := generate(l.trees, l.seed+1, t.files)
	if err != nil {
		return err
	}
	server, told, stdin, err := l.subscribe(ctx, other.root)
	if err != nil {
		return err
	}
	defer server.end()
	defer told.end()
	defer stdin.Close()

	d, err := l.startDaemon(ctx, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	ours, err := l.newEditor(ctx, d, t)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs := &editor{tree: other, random: ours.random, edited: make(map[int]bool), seen: make(chan seen, 1024)}
	go func() {
		defer close(theirs.seen)
		for {
			line, err := told.next()
			if err != nil {
				return
			}
			now := time.Now()
			var said struct {
				Files []string `json:"files"`
			}
			if json.Unmarshal([]byte(line), &said) == nil {
				for _, name := range said.Files {
					theirs.seen <- seen{session.Key(name), now}
				}
			}
		}
	}()
	our, their := &edit{save: rename}, &edit{save: rename}
	var medians, late []float64
	for range l.rounds {
		our.durations, their.durations = nil, nil
		for range l.edits {
			if err := ours.unchecked(ctx, our); err != nil {
				return err
			}
			if err := theirs.unchecked(ctx, their); err != nil {
				return err
			}
		}
		medians = append(medians, float64(percentile(our.durations, 50))/float64(percentile(their.durations, 50)))
		late = append(late, float64(percentile(our.durations, 100))/float64(percentile(their.durations, 100)))
		l.report.keep("edit to visible, beside watchman", nanoseconds(our.durations))
		l.report.keep("edit to a watchman subscription", nanoseconds(their.durations))
	}
	for i := range theirs.edited {
		if err := other.restore(i); err != nil {
			return err
		}
	}
	l.report.add("edit to visible, renamed into place / watchman, p50", "×", "", medians)
	l.report.add("  the same, slowest of a round", "×", "", late)
	return nil
}

// subscribe starts a watchman of our own and a client that prints what changes.
func (l *lab) subscribe(ctx context.Context, root string) (server, told *background, stdin io.Closer, err error) {
	socket := filepath.Join(l.temp, "watchman")
	server, err = startBackground(ctx, "watchman", "--foreground", "--sockname="+socket, "--no-save-state",
		"--logfile="+socket+".log", "--pidfile="+socket+".pid")
	if err != nil {
		return nil, nil, nil, err
	}
	for {
		if _, err = output(ctx, "watchman", "--sockname="+socket, "--no-spawn", "version"); err == nil {
			break
		}
		if wait(ctx, 100*time.Millisecond) != nil {
			server.end()
			return nil, nil, nil, err
		}
	}
	if _, err = output(ctx, "watchman", "--sockname="+socket, "--no-spawn", "watch", root); err != nil {
		server.end()
		return nil, nil, nil, err
	}
	cmd := command(ctx, "watchman", "--sockname="+socket, "--no-spawn", "--server-encoding=json", "--no-pretty", "-j", "-p")
	in, err := cmd.StdinPipe()
	if err == nil {
		told, err = startPrepared(cmd)
	}
	if err != nil {
		server.end()
		return nil, nil, nil, err
	}
	told.lines.Buffer(nil, 64<<20) // the first answer names every file
	_, err = fmt.Fprintf(in, `["subscribe", %q, "bench", {"fields": ["name"], "empty_on_fresh_instance": true}]`+"\n", root)
	for line := ""; err == nil && !strings.Contains(line, "subscription"); {
		line, err = told.next()
	}
	if err != nil {
		told.end()
		server.end()
		return nil, nil, nil, err
	}
	return server, told, in, nil
}

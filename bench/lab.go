//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// lab is where things are measured: the programs, the trees and what came of it.
type lab struct {
	options
	sizes    sizes
	report   report
	progress io.Writer
	began    time.Time

	temp   string // for sockets and logs; removed at the end
	self   string // this program, for its subcommands
	daemon string // sessiond
	floor  string // the floor program
	made   map[int]*tree
	least  watched // at the smallest size

	committed bool // git knows the tree
}

// errNoCompiler says what is to be done where there is none.
var errNoCompiler = errors.New("there is no gcc, which the floor program needs (Debian: apt-get install gcc libc6-dev)")

func newLab(ctx context.Context, o options, progress io.Writer) (*lab, error) {
	l := &lab{options: o, sizes: newSizes(o), progress: progress, began: time.Now(), made: make(map[int]*tree)}
	var err error
	if l.self, err = os.Executable(); err != nil {
		return nil, fmt.Errorf("cannot find this program: %w", err)
	}
	if l.temp, err = os.MkdirTemp("", "sessiond-bench"); err != nil {
		return nil, fmt.Errorf("cannot make a temporary folder: %w", err)
	}
	if err := os.Mkdir(l.emptyRoot(), 0o750); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot make an empty root: %w", err), l.close())
	}
	if l.trees == "" {
		l.trees = filepath.Join(l.temp, "trees")
	}
	if err := l.build(ctx); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// build makes the daemon, as it is packaged, and the floor program.
func (l *lab) build(ctx context.Context) error {
	l.floor = filepath.Join(l.temp, "floor")
	source := filepath.Join(l.temp, "floor.c")
	if err := os.WriteFile(source, floorSource(), 0o600); err != nil {
		return fmt.Errorf("cannot write the floor program: %w", err)
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		return errNoCompiler
	}
	if _, err := output(ctx, "gcc", "-O2", "-pthread", "-o", l.floor, source); err != nil {
		return fmt.Errorf("cannot build the floor program: %w", err)
	}
	if l.options.daemon != "" {
		path, err := filepath.Abs(l.options.daemon)
		l.daemon = path
		return err
	}
	l.daemon = filepath.Join(l.temp, "sessiond")
	if _, err := output(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", l.daemon, "sessiond/cmd/sessiond"); err != nil {
		return fmt.Errorf("cannot build the daemon: %w", err)
	}
	return nil
}

// emptyRoot is a MobileApps folder without an app folder.
func (l *lab) emptyRoot() string { return filepath.Join(l.temp, "empty") }

// close removes what the lab has made.
func (l *lab) close() error {
	if err := os.RemoveAll(l.temp); err != nil {
		return fmt.Errorf("cannot tidy up: %w", err)
	}
	return nil
}

// tree returns the tree of a size, with its files in the page cache.
func (l *lab) tree(ctx context.Context, files int) (*tree, error) {
	if t := l.made[files]; t != nil {
		return t, nil
	}
	l.say("a tree of %s files", thousands(files))
	t, err := generate(l.trees, l.seed, files)
	if err != nil {
		return nil, err
	}
	if _, err := l.floorPass(ctx, "read", t); err != nil {
		return nil, err
	}
	l.made[files] = t
	return t, nil
}

// say tells of the progress.
func (l *lab) say(format string, args ...any) {
	fmt.Fprintf(l.progress, "%5.0f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...))
}

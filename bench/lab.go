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

	temp     string   // for sockets and logs; removed at the end
	self     string   // this program, for its subcommands
	floor    string   // the floor program
	binaries []string // sessiond: the one that is measured, and the one it is held against
	made     map[layout]*tree
	least    watched // at the smallest size

	committed bool // git knows the tree
}

// errNoCompiler says what is to be done where there is none.
var errNoCompiler = errors.New("there is no gcc, which the floor program needs (Debian: apt-get install gcc libc6-dev)")

func newLab(ctx context.Context, o options, progress io.Writer) (*lab, error) {
	l := &lab{options: o, sizes: newSizes(o), progress: progress, began: time.Now(), made: make(map[layout]*tree)}
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
	l.report.columns = []string{"measured"}
	if l.sessiond == "" {
		l.sessiond = filepath.Join(l.temp, "sessiond")
		if _, err := output(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", l.sessiond, "sessiond/cmd/sessiond"); err != nil {
			return fmt.Errorf("cannot build the daemon: %w", err)
		}
	}
	l.binaries = []string{l.sessiond}
	if l.against != "" {
		l.binaries = append(l.binaries, l.against)
		l.report.columns = []string{"now", "against"}
	}
	for i, binary := range l.binaries {
		path, err := filepath.Abs(binary)
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("cannot find a daemon to measure: %w", err)
		}
		l.binaries[i] = path
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

// usual returns the tree that most rows use: of the chosen shape, a thousand files
// to an app folder.
func (l *lab) usual(ctx context.Context, files int) (*tree, error) {
	return l.tree(ctx, layout{shape: l.shape, files: files, perFolder: folderSize})
}

// twins returns a tree for each binary, of the same files, to edit them.
func (l *lab) twins(ctx context.Context, y layout) ([]*tree, error) {
	var all []*tree
	for y.twin = range l.binaries {
		t, err := l.tree(ctx, y)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// tree returns a tree, with its files in the page cache.
func (l *lab) tree(ctx context.Context, y layout) (*tree, error) {
	if t := l.made[y]; t != nil {
		return t, nil
	}
	l.say("a tree: %s", y)
	t, err := generate(l.trees, l.seed, y)
	if err != nil {
		return nil, err
	}
	if _, err := l.floorPass(ctx, "read", t); err != nil {
		return nil, err
	}
	l.made[y] = t
	return t, nil
}

// say tells of the progress.
func (l *lab) say(format string, args ...any) {
	fmt.Fprintf(l.progress, "%5.0f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...))
}

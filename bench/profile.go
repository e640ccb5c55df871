//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// profile writes CPU profiles of the daemon's three kinds of work into a folder:
// start.pprof, pass.pprof and get.pprof.
func (l *lab) profile(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("cannot make a folder for profiles: %w", err)
	}
	files := l.sizes.usual
	if l.sizes.high > 0 {
		files = l.sizes.high
	}
	t, err := l.usual(ctx, files)
	if err != nil {
		return err
	}
	d, err := l.startCounted(ctx, t.root, "PROFILE="+filepath.Join(dir, "start.pprof"))
	if err != nil {
		return err
	}
	defer d.end()
	if _, err := d.order("stop"); err != nil {
		return err
	}
	if err := d.aged(ctx, files); err != nil {
		return err
	}
	if err := d.profiled(filepath.Join(dir, "pass.pprof"), func() error { return d.refreshed(20, files) }); err != nil {
		return err
	}
	r, err := newReader(d.socket, t)
	if err != nil {
		return err
	}
	defer r.close()
	return d.profiled(filepath.Join(dir, "get.pprof"), func() error {
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
			if err := r.ask(); err != nil {
				return err
			}
		}
		return nil
	})
}

// profiled writes a profile of what the daemon does meanwhile.
func (c *counted) profiled(path string, meanwhile func() error) error {
	if answer, err := c.order("profile " + path); err != nil || answer != "<nil>" {
		return fmt.Errorf("cannot begin a profile: %s: %w", answer, err)
	}
	if err := meanwhile(); err != nil {
		return err
	}
	_, err := c.order("stop")
	return err
}

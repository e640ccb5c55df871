package admin

import (
	"context"
	"os"
	"sync"
	"time"

	"sessiond/internal/edit"
	"sessiond/internal/trash"
)

// deleted is the trash, which is opened when that is possible.
type deleted struct {
	cfg    trash.Config
	write  bool
	opened chan *trash.Trash // gives the trash to run, once

	opening sync.Mutex // held while it is opened
	mu      sync.Mutex // the status takes it: nobody waits for the disk with it
	is      *trash.Trash
	err     error // why there is none
}

func newDeleted(cfg trash.Config, write bool) *deleted {
	return &deleted{cfg: cfg, write: write, opened: make(chan *trash.Trash, 1)}
}

// isKept reports whether deleted files are kept at all.
func (d *deleted) isKept() bool { return d.cfg.Dir != "" && d.cfg.Keep > 0 }

// open returns the trash, nil where none is kept. Where nothing is deleted, one that is
// there is purged and can be looked at, and none is made.
func (d *deleted) open() (*trash.Trash, error) {
	d.opening.Lock()
	defer d.opening.Unlock()
	if is := d.current(); !d.isKept() || is != nil {
		return is, nil
	}
	if !d.write {
		if _, err := os.Lstat(d.cfg.Dir); err != nil {
			return nil, nil
		}
	}
	is, err := trash.Open(d.cfg)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.is, d.err = is, err; err == nil {
		d.opened <- is
	}
	return is, err
}

func (d *deleted) current() *trash.Trash {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.is
}

// Put implements [edit.Trash].
func (d *deleted) Put(ctx context.Context, removed edit.Removed) (string, error) {
	is, err := d.open()
	if err != nil {
		return "", err
	}
	id, err := is.Put(ctx, removed)
	if ctx.Err() == nil {
		d.mu.Lock()
		d.err = err
		d.mu.Unlock()
	}
	return id, err
}

// Drop implements [edit.Trash].
func (d *deleted) Drop(_ context.Context, id string) error { return d.current().Purge(id) }

// fault returns why nothing could be kept at the last attempt.
func (d *deleted) fault() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// run removes what was kept long enough, until ctx ends.
func (d *deleted) run(ctx context.Context, failed func(error)) {
	again := time.NewTicker(reopenEvery)
	defer again.Stop()
	for {
		select {
		case is := <-d.opened:
			is.Run(ctx, failed)
			return
		case <-again.C:
			_, _ = d.open() // what is wrong stands in the hints
		case <-ctx.Done():
			return
		}
	}
}

package admin

import (
	"context"
	"os"
	"slices"

	"sessiond/internal/edit"
	"sessiond/internal/trash"
)

// deleted is the trash.
type deleted struct {
	late[trash.Trash]

	cfg trash.Config
}

// newDeleted returns the trash that cfg names. Where nothing is deleted, one that is there
// is purged and can be looked at, and none is made.
func newDeleted(cfg trash.Config, write bool) *deleted {
	d := &deleted{cfg: cfg}
	d.late = newLate(func() (*trash.Trash, error) {
		if !d.isKept() {
			return nil, nil //nolint:nilnil // to keep none is no error
		}
		if _, err := os.Lstat(cfg.Dir); err != nil && !write {
			return nil, nil //nolint:nilnil // nothing was deleted yet
		}
		return trash.Open(cfg)
	})
	return d
}

// isKept reports whether deleted files are kept at all.
func (d *deleted) isKept() bool { return d.cfg.Dir != "" && d.cfg.Keep > 0 }

// Put implements [edit.Trash].
func (d *deleted) Put(ctx context.Context, files ...edit.Removed) []edit.Copy {
	is, err := d.open()
	if err != nil {
		copies := make([]edit.Copy, len(files))
		for i := range copies {
			copies[i].Err = err
		}
		return copies
	}
	copies := is.Put(ctx, files...)
	if ctx.Err() == nil {
		var failed error
		if at := slices.IndexFunc(copies, func(c edit.Copy) bool { return c.Err != nil }); at >= 0 {
			failed = copies[at].Err
		}
		d.used(failed)
	}
	return copies
}

// Drop implements [edit.Trash].
func (d *deleted) Drop(_ context.Context, id string) error { return d.current().Purge(id) }

// run removes what was kept long enough, until ctx ends.
func (d *deleted) run(ctx context.Context, failed func(error)) {
	d.late.run(ctx, func(is *trash.Trash) { is.Run(ctx, failed) })
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
	"sessiond/internal/validate"
)

// manyEdits is how many files are edited together.
const manyEdits = 10_000

// writeMany measures many edits by the editor, in this process, beside the least that puts
// as many new files in place safely. They take turns. The edits end with the editor's last
// answer; the replaced files are removed later.
func (l *lab) writeMany(ctx context.Context, files int) error {
	edits := min(files, manyEdits)
	y := layout{shape: l.shape, files: edits, perFolder: folderSize, twin: len(l.binaries) + 1} // others' trees stay as they are
	t, err := l.tree(ctx, y)
	if err != nil {
		return err
	}
	judge, err := validate.New()
	if err != nil {
		return err
	}
	took := l.report.line(fmt.Sprintf("%d edits with one request to the editor", edits), "s", "")
	bare := l.report.line("  the same files bare: one sync, exchanges, one fsync a folder", "s", "")
	ratio := l.report.line("  the edits / the bare ones", "×", "≤ 1.3")
	for round := range l.rounds {
		editor := edit.New(edit.Config{
			Tree: mobileapps.NewBounded(mobileapps.NewDisk(t.root, 1<<20), 0), Judge: judge, Settle: 250 * time.Millisecond,
		})
		if _, err := editor.Recover(ctx); err != nil { // which the first edit does
			return err
		}
		ours, err := timedEdits(ctx, editor, t, edits, round)
		editor.Close()
		theirs, err2 := bareExchanges(t, edits)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		took.add(0, ours.Seconds())
		bare.add(0, theirs.Seconds())
		ratio.add(0, float64(ours)/float64(theirs))
	}
	return nil
}

// timedEdits edits files together, and returns how long that took.
func timedEdits(ctx context.Context, e *edit.Editor, t *tree, edits, round int) (time.Duration, error) {
	items := make([]edit.Item, edits)
	for n := range items {
		k := t.key(n)
		items[n].Key = session.Key{App: k.app, ID: k.id}
	}
	email := fmt.Sprintf("%d-%d@example.com", round, time.Now().UnixNano())
	var failed error
	began := time.Now()
	e.ChangeAll(ctx, items, edit.Set{Email: &email}, edit.Options{}, func(some []edit.Outcome) {
		for _, o := range some {
			if o.Err != nil || !o.Changed {
				failed = errors.Join(o.Err, errors.New("an edit changed nothing"))
			}
		}
	})
	return time.Since(began), failed
}

// bareExchanges puts new files in place of others, with nothing but what makes that safe, and
// returns how long that took.
func bareExchanges(t *tree, edits int) (time.Duration, error) {
	folders := map[string]bool{}
	began := time.Now()
	for n := range edits {
		path := t.path(t.key(n))
		folders[filepath.Dir(path)] = true
		data, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(path+".bare", data, 0o600); err != nil { //nolint:gosec // in a tree of our own
			return 0, err
		}
	}
	root, err := os.Open(t.root)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	if err := unix.Syncfs(int(root.Fd())); err != nil {
		return 0, err
	}
	for n := range edits {
		path := t.path(t.key(n))
		if err := unix.Renameat2(unix.AT_FDCWD, path+".bare", unix.AT_FDCWD, path, unix.RENAME_EXCHANGE); err != nil {
			return 0, err
		}
	}
	for path := range folders {
		folder, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
			return 0, err
		}
	}
	took := time.Since(began)
	for n := range edits {
		if err := os.Remove(t.path(t.key(n)) + ".bare"); err != nil {
			return 0, err
		}
	}
	return took, nil
}

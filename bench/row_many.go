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
	cost := l.report.line("  their time on a processor / that of the bare ones", "×", "")
	each := l.report.line("  that of an edit", "µs", "")
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
		took.add(0, ours.wall.Seconds())
		bare.add(0, theirs.wall.Seconds())
		ratio.add(0, float64(ours.wall)/float64(theirs.wall))
		cost.add(0, float64(ours.onCPU)/float64(theirs.onCPU))
		each.add(0, ours.onCPU.Seconds()*1e6/float64(edits))
	}
	return nil
}

// taken is how long something took, and for how long this process was on a processor
// meanwhile.
type taken struct{ wall, onCPU time.Duration }

// take measures what do takes.
func take(do func() error) (taken, error) {
	before, err := activityOf(os.Getpid())
	if err != nil {
		return taken{}, err
	}
	began := time.Now()
	if err := do(); err != nil {
		return taken{}, err
	}
	wall := time.Since(began)
	after, err := activityOf(os.Getpid())
	return taken{wall, after.onCPU - before.onCPU}, err
}

// timedEdits edits files together, and returns what that took.
func timedEdits(ctx context.Context, e *edit.Editor, t *tree, edits, round int) (taken, error) {
	items := make([]edit.Item, edits)
	for n := range items {
		k := t.key(n)
		items[n].Key = session.Key{App: k.app, ID: k.id}
	}
	email := fmt.Sprintf("%d-%d@example.com", round, time.Now().UnixNano())
	return take(func() (failed error) {
		e.ChangeAll(ctx, items, edit.Set{Email: &email}, edit.Options{}, func(some []edit.Outcome) {
			for _, o := range some {
				if o.Err != nil || !o.Changed {
					failed = errors.Join(o.Err, errors.New("an edit changed nothing"))
				}
			}
		})
		return failed
	})
}

// bareExchanges puts new files in place of others, with nothing but what makes that safe, and
// returns what that took.
func bareExchanges(t *tree, edits int) (taken, error) {
	folders := map[string]bool{}
	paths := make([]string, edits)
	for n := range paths {
		paths[n] = t.path(t.key(n))
		folders[filepath.Dir(paths[n])] = true
	}
	took, err := take(func() error { return exchangeAll(t.root, paths, folders) })
	for _, path := range paths {
		if err := os.Remove(path + ".bare"); err != nil {
			return taken{}, err
		}
	}
	return took, err
}

func exchangeAll(root string, paths []string, folders map[string]bool) error {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path+".bare", data, 0o600); err != nil { //nolint:gosec // in a tree of our own
			return err
		}
	}
	if err := synced(root, unix.Syncfs); err != nil {
		return err
	}
	for _, path := range paths {
		if err := unix.Renameat2(unix.AT_FDCWD, path+".bare", unix.AT_FDCWD, path, unix.RENAME_EXCHANGE); err != nil {
			return err
		}
	}
	for path := range folders {
		if err := synced(path, unix.Fsync); err != nil {
			return err
		}
	}
	return nil
}

// synced opens a folder to sync it, or all of its file system.
func synced(path string, sync func(fd int) error) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(sync(int(folder.Fd())), folder.Close())
}

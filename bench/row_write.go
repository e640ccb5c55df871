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

// writeFile measures an edit of one file by the editor, in this process, beside the least
// that puts a new file in place safely. They take turns, on other files each time. The edit
// ends with the editor's answer; the replaced file is removed later.
func (l *lab) writeFile(ctx context.Context, files int) error {
	y := layout{shape: l.shape, files: files, perFolder: folderSize, twin: len(l.binaries)} // others' trees stay as they are
	t, err := l.tree(ctx, y)
	if err != nil {
		return err
	}
	judge, err := validate.New()
	if err != nil {
		return err
	}
	editor := edit.New(edit.Config{
		Tree: mobileapps.NewBounded(mobileapps.NewDisk(t.root, 1<<20), 0), Judge: judge, Settle: 250 * time.Millisecond,
	})
	defer editor.Close()
	took := l.report.line("one edit of a file, until the answer", "ms", "")
	bare := l.report.line("  a bare new file, fsync, exchange, fsync", "ms", "")
	ratio := l.report.line("  the edit / the bare one", "×", "≤ 1.5")
	next := 0
	file := func() key {
		next++
		return t.key(next % files)
	}
	if _, err := timedEdit(ctx, editor, file(), -1); err != nil { // the first one looks for leftovers
		return err
	}
	for range l.rounds {
		var ours, theirs []float64
		for range l.edits {
			a, err := timedEdit(ctx, editor, file(), next)
			b, err2 := bareExchange(t, file())
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			ours, theirs = append(ours, a), append(theirs, b)
		}
		took.add(0, ours...)
		bare.add(0, theirs...)
		ratio.add(0, percentile(ours, 50)/percentile(theirs, 50))
	}
	return nil
}

// timedEdit edits a file, and returns how many milliseconds that took.
func timedEdit(ctx context.Context, e *edit.Editor, k key, n int) (float64, error) {
	email := fmt.Sprintf("%d@example.com", n)
	began := time.Now()
	result, err := e.Change(ctx, session.Key{App: k.app, ID: k.id}, edit.Set{Email: &email}, edit.Options{})
	took := milliseconds(time.Since(began))
	if err == nil && !result.Changed {
		err = errors.New("an edit changed nothing")
	}
	return took, err
}

// bareExchange puts a new file in place of another, with nothing but what makes that safe, and
// returns how many milliseconds that took.
func bareExchange(t *tree, k key) (float64, error) {
	path := t.path(k)
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	temp := filepath.Join(filepath.Dir(path), ".bare.tmp")
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	if err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE); err != nil {
		return 0, err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return 0, err
	}
	took := milliseconds(time.Since(began))
	return took, os.Remove(temp)
}

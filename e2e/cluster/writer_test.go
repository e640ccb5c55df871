//go:build linux && cluster

package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

const (
	// group is an app folder whose files are all changed at once.
	group      = "ABCDE12345.com.example.group"
	groupFiles = 25
	// stayFiles is how many files are edited, and never removed.
	stayFiles = 120
	// passing is how many files come and go.
	passing = 20

	editEvery = 10 * time.Millisecond
	// groupEvery is how often the files of the group change. They are written long before
	// that, so that none of them has to come to rest.
	groupEvery = time.Second
)

// writer edits files, a hundred a second, and the files of a group all at once.
type writer struct {
	root   string
	aside  string // the group's folder as it will be
	edits  int
	groups int
	last   time.Time // when the group's next files were written

	pause sync.Mutex // held while nothing may be written
	stop  func()
}

// newWriter fills a root and begins to edit.
func newWriter(t *testing.T) *writer {
	t.Helper()
	folder := t.TempDir()
	w := &writer{root: filepath.Join(folder, "MobileApps"), aside: filepath.Join(folder, group)}
	harness.Fill(t, w.root, app, stayFiles)
	harness.Fill(t, w.root, group, groupFiles)
	harness.Must(t, w.prepare())
	ended := make(chan struct{})
	stopped := make(chan struct{})
	w.stop = sync.OnceFunc(func() { close(ended); <-stopped })
	t.Cleanup(w.stop)
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(editEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
			}
			w.pause.Lock()
			err := w.edit()
			w.pause.Unlock()
			if err != nil {
				t.Errorf("cannot go on writing: %v", err)
				return
			}
		}
	}()
	return w
}

// edit makes one edit.
func (w *writer) edit() error {
	w.edits++
	if time.Since(w.last) > groupEvery {
		if err := unix.Renameat2(unix.AT_FDCWD, w.aside, unix.AT_FDCWD, filepath.Join(w.root, group), unix.RENAME_EXCHANGE); err != nil {
			return err
		}
		err := w.prepare()
		w.last = time.Now()
		return err
	}
	key, email := harness.NthKey(app, w.edits%stayFiles), fmt.Sprint(w.edits, "@example.com")
	if w.edits%10 == 0 {
		key = harness.KeyOf(app, fmt.Sprint("passing ", w.edits/10%passing))
		if err := os.Remove(harness.FileOf(w.root, key)); !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return write(w.root, key, email)
}

// prepare writes the group's files as they will be.
func (w *writer) prepare() error {
	w.groups++
	for n := range groupFiles {
		if err := write(filepath.Dir(w.aside), harness.NthKey(group, n), fmt.Sprint("group", w.groups, "@example.com")); err != nil {
			return err
		}
	}
	return nil
}

func write(root string, key session.Key, email string) error {
	return harness.Replace(harness.FileOf(root, key), harness.NewContent(key).With("email", email).Bytes())
}

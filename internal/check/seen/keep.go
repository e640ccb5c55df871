package seen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"sessiond/internal/session"
)

// Open begins to collect times, with those of the file at a path, which is made when there
// is none; an empty path is nowhere. A file that cannot be read is set aside: never is it
// overwritten, since a newer version may have written it.
func (t *Times) Open(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.path, t.since = path, time.Now().UTC()
	if path == "" {
		return
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var before saved
	if err == nil {
		before, err = decode(data)
	}
	if err == nil {
		t.take(before)
		return
	}
	aside := path + "." + time.Now().UTC().Format("20060102-150405")
	t.unread = fmt.Sprintf("the file of last seen times %q cannot be read: %v; it was set aside as %q", path, withoutPath(err), filepath.Base(aside))
	if err := os.Rename(path, aside); err != nil {
		t.unread = fmt.Sprintf("the file of last seen times %q cannot be read, and cannot be set aside: %v; no other is written", path, withoutPath(err))
		t.path = ""
	}
}

// Path returns where the times are kept; empty for nowhere.
func (t *Times) Path() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.path
}

// Problems returns what keeps times from outliving a restart, in words.
func (t *Times) Problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for _, problem := range []string{t.unread, t.unsaved} {
		if problem != "" {
			all = append(all, problem)
		}
	}
	return all
}

// Sessions are those in memory.
type Sessions struct {
	// Keys yields their keys.
	Keys func() iter.Seq[session.Key]
	// Complete reports whether no more are to be loaded from files that were there at
	// the start.
	Complete func() bool
	// Ready is closed when they have been loaded for the first time.
	Ready <-chan struct{}
}

// every is the time between two writes of the file.
const every = 5 * time.Minute

// Run counts ages and writes the file every five minutes, until ctx ends, and writes it
// once more then. Failed is told when it begins that it cannot be written.
func (t *Times) Run(ctx context.Context, sessions Sessions, failed func(error)) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	ready := sessions.Ready
	for {
		select {
		case <-ctx.Done():
			t.save(failed)
			return
		case <-ready:
			ready = nil
			t.count(sessions.Keys(), sessions.Complete())
		case <-ticker.C:
			t.count(sessions.Keys(), sessions.Complete())
			t.save(failed)
		}
	}
}

// save writes the file.
func (t *Times) save(failed func(error)) {
	path := t.Path()
	if path == "" {
		return
	}
	now := saved{since: t.Since(), at: time.Now().UTC(), times: t.all()}
	head, err := encode(now)
	if err == nil {
		err = replace(path, head, now.times)
	}
	t.mu.Lock()
	began := err != nil && t.unsaved == ""
	t.unsaved = ""
	if err != nil {
		err = fmt.Errorf("cannot write the file of last seen times %q: %w", path, withoutPath(err))
		t.unsaved = err.Error()
	}
	t.mu.Unlock()
	if began {
		failed(err)
	}
}

const (
	folderMode = 0o700
	fileMode   = 0o600
	unfinished = ".tmp"
)

// replace writes a file so that after a crash it has either its old content or the new.
func replace(path string, head, times []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return err
	}
	temp := path + unfinished
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) { // that of a crash
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp) // it is of no use
		}
	}()
	if _, err = f.Write(head); err == nil {
		_, err = f.Write(times)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// withoutPath returns what the system says of a file, without where that is.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}
